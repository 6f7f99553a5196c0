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

// Golden fails t unless every fact still reads its sample in testdata and, where
// the sample is of today's shape, still writes it. The samples are what journals
// hold: they are never edited.
func Golden(t *testing.T, facts []domain.Fact) {
	codec := domain.NewCodec(facts)
	for _, f := range facts {
		t.Run(f.Kind, func(t *testing.T) {
			file := filepath.Join("testdata", f.Kind+".json")
			sample, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: every fact needs a sample of how it is kept", err)
			}
			e, err := codec.Decode(f.Kind, sample)
			if err != nil {
				t.Fatal(err)
			}
			if e.Kind() != f.Kind {
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
				t.Errorf("%s is now written as\n%s\nbut was kept as\n%s", f.Kind, got, sample)
			}
		})
	}
}
