package domaintest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"skein/domain"
)

var update = flag.Bool("update", false, "rewrite samples of kinds of events that are not in the journal of anybody yet")

// Golden fails t unless every fact still reads its samples in testdata and, where a
// sample is of today's shape, still writes it. The samples of a kind are KIND.json
// and, where it was written differently, KIND.WHAT.json. They are what journals
// hold: they are never edited.
func Golden(t *testing.T, facts []domain.Fact) {
	codec := domain.NewCodec(facts)
	for _, f := range facts {
		t.Run(f.Kind, func(t *testing.T) {
			more, _ := filepath.Glob(filepath.Join("testdata", f.Kind+".*.json")) // the pattern is well formed
			for _, file := range append([]string{filepath.Join("testdata", f.Kind+".json")}, more...) {
				golden(t, codec, f.Kind, file)
			}
		})
	}
}

func golden(t *testing.T, codec domain.Codec, kind, file string) {
	sample, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: every fact needs a sample of how it is kept", err)
	}
	e, err := codec.Decode(kind, sample)
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind() != kind {
		return // an old shape: reading it is all that is asked
	}
	got, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(got) != string(sample) {
		t.Errorf("%s: %s is now written as\n%s\nbut was kept as\n%s", file, kind, got, sample)
	}
}
