package commands_test

import (
	"errors"
	"strings"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// previews is what erasing somebody comes to.
func (e *estate) previews(t *testing.T, id contact.ID) commands.ErasurePreview {
	t.Helper()
	show, err := e.PreviewErasure(t.Context(), e.room, id)
	if err != nil {
		t.Fatal(err)
	}
	return show
}

// A preview shows who goes and who stays, and how much of what was noted with them goes.
func TestErasurePreview(t *testing.T) {
	t.Parallel()
	e := estates["others took what they said"](t)
	show := e.previews(t, e.him)
	her := e.stay[0]
	if len(show.Goes) != 1 || len(show.Stays) != 1 || show.Goes[0].ID != e.him || show.Stays[0].ID != her || show.Stays[0].Interactions != 0 {
		t.Fatalf("it is %+v", show)
	}
	him := show.Goes[0]
	if him.Name != quill+"him "+quill+"him" || him.Fields["email"] != quill+"him@example.com" || len(him.Identities) != 2 || him.Interactions != 6 {
		t.Errorf("he is %+v", him)
	}
	e = estates["taken out with what he said"](t)
	if show = e.previews(t, e.him); show.Stays[0].ID != e.stay[0] || show.Stays[0].Interactions != 1 || show.Stays[0].Name == "" {
		t.Errorf("of her it shows %+v", show.Stays)
	}
	e = estates["deleted"](t)
	if show = e.previews(t, e.him); len(show.Goes) != 2 || show.Goes[0].Name != "" || !show.Goes[1].Deleted || show.Goes[1].Interactions != 5 || strings.Contains(show.Goes[1].Name, quill) {
		t.Errorf("once deleted it shows %+v", show.Goes)
	}
}

// Nothing is done where not exactly that is asked for which a preview has shown.
func TestEraseRefused(t *testing.T) {
	t.Parallel()
	e := estates["merged"](t)
	token := e.previews(t, e.him).Token
	part := e.previews(t, e.him).Goes[1].ID
	erase := func(id contact.ID, token, why string) error {
		return second(e.EraseContact(t.Context(), by, e.room, id, token, why))
	}
	var merged *domain.Refusal
	before := len(e.journal.All(0))
	_, err := e.PreviewErasure(t.Context(), e.room, part)
	if !errors.Is(err, contact.ErrMerged) || !errors.As(err, &merged) || merged.Names["survivor"] != string(e.him) || !strings.Contains(merged.Message, "unmerge this one first") {
		t.Errorf("a part: %v", err)
	}
	if _, err := e.PreviewErasure(t.Context(), e.room, "nobody"); !errors.Is(err, contact.ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
	for what, c := range map[string]struct {
		err  error
		want error
	}{
		"without a preview": {erase(e.him, "", ""), commands.ErrPreviewDiffers},
		"of another one":    {erase(e.him, e.previews(t, e.eve).Token, ""), commands.ErrPreviewDiffers},
		"a long story":      {erase(e.him, token, strings.Repeat("x", 201)), domain.Refuse(0, "reason_invalid", "")},
		"nowhere":           {second(e.journalOnly(e.journal).EraseContact(t.Context(), by, e.room, e.him, token, "")), commands.ErrNoErasing},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", what, c.err)
		}
	}
	if more := e.journal.All(domain.Position(before)); len(more) > 0 {
		t.Errorf("there is %v", more)
	}
	e.unmerge(t, part)
	if err := erase(e.him, token, ""); !errors.Is(err, commands.ErrPreviewStale) {
		t.Errorf("less of him: %v", err)
	}
	token = e.previews(t, e.him).Token
	if _, err := e.DeleteContact(t.Context(), by, e.room, e.him); err != nil {
		t.Fatal(err)
	}
	if err := erase(e.him, token, ""); !errors.Is(err, commands.ErrPreviewStale) {
		t.Errorf("deleted since: %v", err)
	}
	if err := erase(e.him, e.previews(t, e.him).Token, ""); err != nil {
		t.Error(err)
	}
	if err := e.Stands(t.Context(), e.room, part); err != nil {
		t.Errorf("who was taken out: %v", err)
	}
}

// Whoever asks again under the same key is answered the same, whatever the token is worth
// by then; a message since the preview is no matter.
func TestEraseOnce(t *testing.T) {
	t.Parallel()
	e := estates["merged"](t)
	token := e.previews(t, e.him).Token
	e.house.hear(t, commands.Inbound{Message: "late", Channel: "chat", Identity: quill + "him", Text: quill})
	erase := func(key string) (domain.Position, error) {
		return e.EraseContact(t.Context(), under(key), e.room, e.him, token, "")
	}
	at, err := erase("erase")
	if err != nil {
		t.Fatal(err)
	}
	events := len(e.journal.All(0))
	if again, err := erase("erase"); again != at || err != nil || len(e.journal.All(0)) != events {
		t.Errorf("answered %d, and then %d, %v", at, again, err)
	}
	if _, err := erase("another"); !errors.Is(err, commands.ErrPreviewStale) {
		t.Errorf("under another key: %v", err)
	}
	for range 2 {
		refused, err := e.EraseContact(t.Context(), under("stale"), e.room, e.him, token, "")
		if !errors.Is(err, commands.ErrPreviewStale) {
			t.Errorf("answered %d, %v", refused, err)
		}
	}
}

// What named him is free, and who takes it is somebody new.
func TestErasedIsFree(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estate(t)
			told, _ := families(e.journal, e.room.ID)
			was := told.Told(e.him)
			if err := e.erase(t, e.Handler); err != nil {
				t.Fatal(err)
			}
			e.unclaimed(t)
			fields := map[string]string{"first_name": "New"}
			if email := was.Field("email"); email != "" {
				fields["email"] = email
			}
			id, _, err := e.CreateContact(t.Context(), by, e.room, contact.Create{Fields: fields, Identities: was.Identities()})
			if err != nil || id == e.him {
				t.Fatalf("it is %s, %v", id, err)
			}
			for i, one := range was.Identities() {
				heard := e.house.hear(t, commands.Inbound{Message: "m " + "new", Channel: one.Channel, Identity: one.Of})
				if heard.Contact != id && i == 0 {
					t.Errorf("a message reaches %s", heard.Contact)
				}
			}
		})
	}
}
