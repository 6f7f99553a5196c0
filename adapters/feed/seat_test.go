package feed

import (
	"fmt"
	"strings"
	"testing"
)

// Metadata of one request are alike without what each event and each append says for
// itself, so that who asked is read once; others are as they are.
func TestMetadataOfARequestAreAlike(t *testing.T) {
	t.Parallel()
	const chain = `,"chain":"AAAAAAAAAAAAAAAAAAAAAA"}`
	for n, plain := range []string{`{"by":"ada"`, `{"by":"ada","request":"r-1"`, `{"$created":"2020-01-06T09:00:00Z","by":"ada"`, `{"by":"\",\"at\":\""`} {
		for _, at := range []string{"", `,"at":"2026-01-31T12:00:00.123456Z"`, `,"at":"2026-01-31T12:00:01.000000Z"`} {
			if said := unlinked([]byte(plain + at + chain)); string(said) != plain {
				t.Errorf("%d: of %s are left %s", n, plain+at+chain, said)
			}
		}
	}
	for _, whole := range []string{
		`{"by":"ada"}`, ``, `}`, `{}`, `{"by":"ada","chain":"A","more":"so"}`, `{"by":"ada","chain":"A"`, `{"by":"ada","chain":1}`, `{"by":"ada","chain":"A" }`,
	} {
		if said := unlinked([]byte(whole)); string(said) != whole {
			t.Errorf("of %s are left %s", whole, said)
		}
	}
	between := `{"by":"ada","at":"2026-01-31T12:00:00.123456Z","request":"r-1"`
	if said := unlinked([]byte(between + chain)); string(said) != between {
		t.Errorf("of %s are left %s", fmt.Sprint(between, chain), said)
	}
	if said := unlinked([]byte(strings.Repeat(`,"chain":""`, 3) + "}")); string(said) != strings.Repeat(`,"chain":""`, 2) {
		t.Errorf("%s are left", said)
	}
}
