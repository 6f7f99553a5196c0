package imapsync

import "net/netip"

// forbidden are the networks no mailbox lives in: the special-purpose registries
// of IANA (RFC 6890) and what clouds keep beside them.
var forbidden = parse(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private, RFC 1918
	"100.64.0.0/10",    // shared by carriers, RFC 6598
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // the host below a machine at Azure
	"169.254.0.0/16",   // link-local, and the metadata of clouds
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
	"2001::/23",        // protocol assignments, Teredo among them
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4: an IPv4 address inside
	"3fff::/20",        // documentation
)

// global is all of IPv6 that is in use between networks. Loopback, mapped and
// compatible IPv4, NAT64, unique local, link-local, site-local and multicast
// addresses are outside.
var global = netip.MustParsePrefix("2000::/3")

// allowed reports whether addr is a public address (D4-24). netip's own
// IsPrivate and IsGlobalUnicast let too much pass.
func allowed(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	if addr.Is6() && (!global.Contains(addr) || isatap(addr)) {
		return false
	}
	for _, network := range forbidden {
		if network.Contains(addr) {
			return false
		}
	}
	return true
}

// isatap reports whether addr carries an IPv4 address behind 0000:5efe or
// 0200:5efe (RFC 5214 §6.1).
func isatap(addr netip.Addr) bool {
	b := addr.As16()
	return b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

func parse(networks ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		parsed[i] = netip.MustParsePrefix(n)
	}
	return parsed
}
