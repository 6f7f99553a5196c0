package secrets

import (
	"encoding/hex"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestLinkIsUnambiguous(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.StringMatching(`[ab]{0,3}`))
		one, other := parts.Draw(t, "one"), parts.Draw(t, "other")
		if same := k.Link(inBytes(one)...) == k.Link(inBytes(other)...); same != slices.Equal(one, other) {
			t.Fatalf("%q and %q have one link: %v", one, other, same)
		}
	})
}

// What was recorded carries its link for ever: one that comes out otherwise accuses it.
func TestLinkStays(t *testing.T) {
	t.Parallel()
	const want = "831e0d6cf55e0d611f1ff41b5d2da578"
	said := inBytes([]string{"", "contact-lab.ada", "contact.edited", "{}"})
	link := func(k *Keys) string {
		l := k.Link(said...)
		return hex.EncodeToString(l[:])
	}
	if got := link(open(t, key("a"))); got != want {
		t.Errorf("the link is %s, it was %s", got, want)
	}
	if got := link(open(t, key("b"), key("a"))); got != want {
		t.Errorf("after rotation the link is %s, it was %s", got, want)
	}
	if got := link(open(t, key("b"))); got == want {
		t.Error("the link does not depend on the key")
	}
	if got := open(t, key("a")).Hash("", "contact-lab.ada", "contact.edited", "{}"); got == want {
		t.Error("a name of a stream is a link")
	}
}

func inBytes(texts []string) (parts [][]byte) {
	for _, text := range texts {
		parts = append(parts, []byte(text))
	}
	return parts
}
