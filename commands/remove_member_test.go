package commands_test

import (
	"errors"
	"fmt"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/organization"
	"skein/domain/space"
)

// Who is taken out of an organization is in none of its spaces, wherever that
// stopped once it was asked again.
func TestRemoveMember(t *testing.T) {
	t.Parallel()
	for _, steps := range []int{0, 1, 2, 3} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			h := build(t)
			if _, err := h.Organization(ctx, by, "engines", organization.Join{User: "eve", Role: organization.Plain}); err != nil {
				t.Fatal(err)
			}
			den, _, err := h.CreateSpace(ctx, by, space.Create{Organization: "engines", Name: "Den"})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []space.ID{h.room.ID, den} {
				if _, err := h.Space(ctx, by, commands.Room{ID: id}, space.Assign{User: "eve", Role: space.Owner}); err != nil {
					t.Fatal(err)
				}
			}
			keyed := domain.By{Actor: "ada", Key: "k", Ask: "a"}
			_, err = h.journalOnly(&stopping{h.journal, steps}).RemoveMember(ctx, keyed, "engines", "eve")
			if (err != nil) != (steps < 3) {
				t.Fatalf("after %d steps: %v", steps, err)
			}
			role, err := h.journalOnly(h.journal).RoleOf(ctx, commands.Principal{Actor: "eve", Organization: "engines"})
			if (role == "") != (steps == 3) || err != nil {
				t.Errorf("after %d steps eve is %q, %v: she leaves the organization last", steps, role, err)
			}
			if _, err = h.RemoveMember(ctx, keyed, "engines", "eve"); err != nil {
				t.Fatal(err)
			}
			for _, id := range []space.ID{h.room.ID, den} {
				if _, err := h.Enter(ctx, commands.Principal{Actor: "eve", Organization: "engines"}, id, access.LookAround); !errors.Is(err, space.ErrUnknown) {
					t.Errorf("after %d steps eve enters %s: %v", steps, id, err)
				}
			}
			end := len(h.journal.All(0))
			if _, err = h.RemoveMember(ctx, keyed, "engines", "eve"); err != nil || len(h.journal.All(0)) != end {
				t.Errorf("asked once more: %v, %d events more", err, len(h.journal.All(0))-end)
			}
		})
	}
}

// Who came back is not taken out by the request that took them out before, and it is
// answered as it was.
func TestRemoveMemberWhoCameBack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	keyed := domain.By{Actor: "ada", Key: "k", Ask: "a"}
	join := func() {
		if _, err := h.Organization(ctx, by, "engines", organization.Join{User: "eve", Role: organization.Plain}); err != nil {
			t.Fatal(err)
		}
	}
	join()
	first, err := h.RemoveMember(ctx, keyed, "engines", "eve")
	if err != nil {
		t.Fatal(err)
	}
	join()
	if _, err := h.Space(ctx, by, h.room, space.Assign{User: "eve", Role: space.Owner}); err != nil {
		t.Fatal(err)
	}
	again, err := h.RemoveMember(ctx, keyed, "engines", "eve")
	if err != nil || again != first {
		t.Errorf("answered %d, and then %d, %v", first, again, err)
	}
	if _, err := h.Enter(ctx, commands.Principal{Actor: "eve", Organization: "engines"}, h.room.ID, access.LookAround); err != nil {
		t.Errorf("eve is taken out again: %v", err)
	}
}

// The last administrator stays, in the spaces too.
func TestRemoveLastAdmin(t *testing.T) {
	t.Parallel()
	h := build(t)
	if _, err := h.Space(t.Context(), by, h.room, space.Assign{User: "ada", Role: space.Agent}); err != nil {
		t.Fatal(err)
	}
	end := len(h.journal.All(0))
	if _, err := h.RemoveMember(t.Context(), by, "engines", "ada"); err == nil || len(h.journal.All(0)) != end {
		t.Errorf("%v, and %d events", err, len(h.journal.All(0))-end)
	}
}
