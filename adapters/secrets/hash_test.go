package secrets

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHashIsUnambiguous(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.StringMatching(`[ab]{0,3}`))
		one, other := parts.Draw(t, "one"), parts.Draw(t, "other")
		if same := k.Hash(one...) == k.Hash(other...); same != slices.Equal(one, other) {
			t.Fatalf("%q and %q have one name: %v", one, other, same)
		}
	})
}

// Streams are named for ever: a name that changes loses what it names.
func TestHashStays(t *testing.T) {
	t.Parallel()
	const want = "c728fe4800ad2be225145924660259f4"
	if got := open(t, key("a")).Hash("space", "email", "ada@example.com"); got != want {
		t.Errorf("the name is %s, it was %s", got, want)
	}
	if got := open(t, key("b"), key("a")).Hash("space", "email", "ada@example.com"); got != want {
		t.Errorf("after rotation the name is %s, it was %s", got, want)
	}
	if got := open(t, key("b")).Hash("space", "email", "ada@example.com"); got == want {
		t.Error("the name does not depend on the key")
	}
}
