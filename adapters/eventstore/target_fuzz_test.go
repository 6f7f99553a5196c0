package eventstore_test

import (
	"strings"
	"testing"

	"skein/adapters/eventstore"
)

// Whatever stands in a connection string, reading it ends, and what is said of it does
// not tell the password.
func FuzzTarget(f *testing.F) {
	f.Add("esdb://ada:", "", "@host:2113?tls=false")
	f.Add("esdb+discover://ada:", "/", "@host:port")
	f.Add("esdb://ada:", "%zz", "@host/path")
	f.Add("", "", "127.0.0.1:2113")
	f.Add("esdb://ada:", "?", "@one,two,three?keepAliveTimeout=-2&nodePreference=leader")
	f.Fuzz(func(t *testing.T, before, rest, after string) {
		const secret = "correct-horse"
		conn, err := eventstore.Dial(before+secret+rest+after, quiet)
		if err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Fatal(err)
			}
			return
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
