package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	tern "github.com/jackc/tern/v2/migrate"

	"skein/migrations"
)

// versionTable says how many steps a schema has been through.
const versionTable = "schema_version"

// ErrNewer is returned for a database that a newer program has migrated.
var ErrNewer = errors.New("the database has a newer schema than this program knows: run the newer program")

// migrate takes the steps that the schema has not been through, under an advisory
// lock of the database: of several programs that start at once one takes them and
// the others wait.
func migrate(ctx context.Context, conn *pgx.Conn) error {
	var schema *string
	if err := conn.QueryRow(ctx, `SELECT current_schema()`).Scan(&schema); err != nil {
		return err
	}
	if schema == nil {
		return errors.New("no schema of the search_path exists")
	}
	steps, err := tern.NewMigrator(ctx, conn, pgx.Identifier{*schema, versionTable}.Sanitize())
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := steps.LoadMigrations(migrations.Files); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	var unknown tern.BadVersionError
	switch err := steps.Migrate(ctx); {
	case errors.As(err, &unknown):
		return fmt.Errorf("%w (%w)", ErrNewer, unknown)
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
