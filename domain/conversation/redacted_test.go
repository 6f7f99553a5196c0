package conversation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

// Of every event that there is, nothing is left of what anybody said, did or was known by:
// only on which channel and when, which way it went, and what became of the conversation.
func TestRedacted(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join("testdata", "*.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.Join(strings.Split(filepath.Base(file), ".")[:2], ".")
		was, err := domain.NewCodec(conversation.Facts).Decode(kind, data)
		if err != nil {
			t.Fatal(err)
		}
		is := conversation.Redact(was.(conversation.Event), contact.Redaction{Hide: func(name string) string {
			return name[:strings.IndexAny(name, " :")+1] + "hidden"
		}})
		for _, text := range domaintest.Texts(t, is) {
			switch text {
			case "", "hidden", "email", "whatsapp", "shop", "2026-01-05T09:00:00Z":
			default:
				t.Errorf("%s still says %q", file, text)
			}
		}
		before, said := was.(contact.Interaction)
		after, says := is.(contact.Interaction)
		if said != says || is.Kind() != kind {
			t.Fatalf("%s reads as %s", file, is.Kind())
		}
		if said {
			was, is := before.Interacted(), after.Interacted()
			if was.Way != is.Way || was.Talk != is.Talk || was.Channel != is.Channel || !was.At.Equal(is.At) || (was.Ref == "") != (is.Ref == "") {
				t.Errorf("%s was %+v and is %+v", file, was, is)
			}
		}
	}
}
