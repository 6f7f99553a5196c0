package eventnode

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAUserIsKnownByNameAndPasswordOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z@.]{1,12}`)
		password := rapid.StringMatching(`[ -~é]{0,11}[!-~é]`)
		logins := rapid.MapOfN(name, password, 1, 5).Draw(t, "logins")
		text := rapid.SampledFrom([]string{"", "# who may\n\n"}).Draw(t, "before")
		for name, password := range logins {
			text += name + ":" + password + rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		}
		users, err := ParseUsers(text)
		require.NoError(t, err)
		require.False(t, users.everybody())
		for name, password := range logins {
			require.True(t, users.know(name, password))
		}
		who, what := name.Draw(t, "who"), password.Draw(t, "what")
		require.Equal(t, logins[who] == what, users.know(who, what))
		require.False(t, users.know(who, ""))
	})
}

func TestUsersThatCannotBeReadAreRefusedWithoutRepeatingThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ada:lovelace\nlovelace":     "line 2 of the users is not name:password",
		":lovelace":                  "line 1 of the users is not name:password",
		"# x\nada:":                  "line 2 of the users is not name:password",
		"ada:lovelace\n\nada:hopper": "line 3 of the users names somebody again",
		"# nobody\n\n":               "there is no user among the users: write name:password, one a line",
	} {
		_, err := ParseUsers(text)
		require.EqualError(t, err, want)
	}
}
