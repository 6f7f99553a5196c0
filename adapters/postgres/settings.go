package postgres

// always is given to every start, so that the settings are this program's and
// not those of the day on which the cluster was made.
var always = []string{
	// Reached through its socket only, and that by its owner and root only (see access).
	"listen_addresses=",
	"unix_socket_permissions=0700",
	"max_connections=50",

	// What was acknowledged stays.
	"fsync=on",
	"synchronous_commit=on",
	"full_page_writes=on",
	"wal_compression=on",

	// A small machine that runs other things too, with a disk that seeks well.
	"shared_buffers=128MB",
	"random_page_cost=1.1",
	"jit=off",
	"gin_pending_list_limit=256kB", // a search reads all of the list

	"timezone=UTC",
	"log_timezone=UTC",

	// To standard error, in a form that serverLog reads; without the values of
	// rows, which are about people.
	"logging_collector=off",
	"log_destination=stderr",
	"log_line_prefix=%m [%p] %e ",
	"log_error_verbosity=terse",
	"log_parameter_max_length=0",
	"log_parameter_max_length_on_error=0",
}
