package commands_test

import (
	"errors"
	"testing"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/space"
)

// What is remembered of who asks, and of what a space allows, is never behind
// what the same process wrote.
func TestMemoryIsExact(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	if _, err := h.IssueCredential(ctx, by, "laptop", credential.Issue{Organization: "engines", Holder: "ada", Hash: "#"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if who, err := h.Who(ctx, "laptop", "#"); err != nil || who != inLab {
			t.Errorf("got %+v, %v", who, err)
		}
	}
	if _, err := h.Who(ctx, "laptop", "!"); !errors.Is(err, commands.ErrWho) {
		t.Errorf("another secret: %v", err)
	}
	for _, key := range []string{"score", "size", "shoe"} {
		if _, err := h.Space(ctx, by, h.room, space.DefineField{Key: key, Type: space.Number}); err != nil {
			t.Fatal(err)
		}
		room, err := h.Enter(ctx, inLab, h.room.ID, access.LookAround)
		if err != nil {
			t.Fatal(err)
		}
		if _, defined := room.Space.Field(key); !defined {
			t.Errorf("the space does not know its field %s yet", key)
		}
	}
}

// What others write is known a second later.
func TestMemoryOfOthers(t *testing.T) {
	t.Parallel()
	h := build(t)
	if _, err := h.Enter(t.Context(), inLab, h.room.ID, access.LookAround); err != nil {
		t.Fatal(err)
	}
	other := commands.Handler{Journal: h.journal, Now: h.Now}
	if _, err := other.Space(t.Context(), by, h.room, space.DefineField{Key: "shoe", Type: space.Number}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(1)
	room, err := h.Enter(t.Context(), inLab, h.room.ID, access.LookAround)
	if err != nil {
		t.Fatal(err)
	}
	if _, defined := room.Space.Field("shoe"); !defined {
		t.Error("what another process wrote is not known a second later")
	}
}
