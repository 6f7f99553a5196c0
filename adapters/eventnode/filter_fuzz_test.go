package eventnode

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// A filter wants the events that it names: those whose type or stream begins with one
// of its prefixes or, when it has none, matches its regex. It decides soon, however its
// regex is made.
func FuzzFilter(f *testing.F) {
	f.Add(true, "sa", "su", "", "said", "ada")
	f.Add(true, "sa", "su", "", "unsaid", "sa")
	f.Add(false, "", "", "^[^$].*", "$metadata", "ada")
	f.Add(false, "", "", "(a*)*b", "said", strings.Repeat("a", 100))
	f.Add(true, "", "", "((a{0,30}){0,30})*$", strings.Repeat("a", 100), "")
	f.Add(true, "", "", "(", "said", "ada")
	f.Add(true, "", "", strings.Repeat("(.?){1000}", 100), strings.Repeat("a", 60)+"!", "")
	f.Add(true, "", "", strings.Repeat("x*", regexBytes), strings.Repeat("a", 60), "")
	f.Fuzz(func(t *testing.T, byType bool, one, two, regex, kind, stream string) {
		by := &streams.ReadReq_Options_FilterOptions_Expression{Regex: regex}
		for _, p := range []string{one, two} {
			if p != "" {
				by.Prefix = append(by.Prefix, p)
			}
		}
		asked := &streams.ReadReq_Options_FilterOptions{CheckpointIntervalMultiplier: 1}
		subject := stream
		if byType {
			subject, asked.Filter = kind, &streams.ReadReq_Options_FilterOptions_EventType{EventType: by}
		} else {
			asked.Filter = &streams.ReadReq_Options_FilterOptions_StreamIdentifier{StreamIdentifier: by}
		}
		began := time.Now()
		got, err := parseFilter(&streams.ReadReq_Options{
			StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{}},
			FilterOption: &streams.ReadReq_Options_Filter{Filter: asked},
		})
		if err != nil {
			if _, invalid := regexp.Compile(regex); invalid == nil && len(regex) < 1<<10 && !strings.Contains(regex, "{") {
				t.Fatalf("%q is refused: %v", regex, err)
			}
			return
		}
		wanted := got.wants(event{Stream: stream, Type: kind})
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("took %s", took)
		}
		want := false
		for _, p := range by.Prefix {
			want = want || len(p) <= len(subject) && subject[:len(p)] == p
		}
		if len(by.Prefix) == 0 {
			want = len(regexp.MustCompile(regex).FindAllStringIndex(subject, 1)) > 0
		}
		if wanted != want {
			t.Fatalf("%v of %q: %t", by, subject, wanted)
		}
	})
}
