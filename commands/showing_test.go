package commands_test

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"skein/adapters/memory"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// showing tells what contacts show from a journal in memory.
type showing struct{ journal *memory.Journal }

// families are the contacts of a space as the journal tells them, and their ids.
func families(j *memory.Journal, in space.ID) (told contact.Family, ids []contact.ID) {
	for _, r := range j.All(0) {
		key := contact.KeyOf(r.Stream)
		if key.Space != in || r.Stream.Category() != "contact" && r.Stream.Category() != "conversation" {
			continue
		}
		told.Tell(r)
		if _, begins := r.Event.(contact.Created); begins {
			ids = append(ids, key.ID)
		}
	}
	return told, ids
}

func (s *showing) Of(_ context.Context, in space.ID, kind space.Identifier, value string) iter.Seq2[identifier.Shown, error] {
	return func(yield func(identifier.Shown, error) bool) {
		told, ids := families(s.journal, in)
		slices.SortFunc(ids, func(a, b contact.ID) int {
			one, other := told.Told(a), told.Told(b)
			return cmp.Or(cmp.Compare(one.Field(string(kind)), other.Field(string(kind))), other.LastInteraction.Compare(one.LastInteraction), cmp.Compare(a, b))
		})
		for _, id := range ids {
			shown := told.Told(id).Field(string(kind))
			if told.Own(id).Standing() != nil || shown == "" || value != "" && shown != value {
				continue
			}
			if !yield(identifier.Shown{Value: shown, Contact: id, Own: told.Own(id).Field(string(kind)) == shown}, nil) {
				return
			}
		}
	}
}

func (s *showing) Within(_ context.Context, in space.ID, id contact.ID) ([]contact.ID, error) {
	told, _ := families(s.journal, in)
	return told.Within(id), nil
}

func (s *showing) Family(_ context.Context, in space.ID, id contact.ID) (*contact.Family, error) {
	told, _ := families(s.journal, in)
	return &told, nil
}

func (s *showing) Kin(_ context.Context, in space.ID, ids ...contact.ID) ([]contact.ID, error) {
	kin := slices.Clone(ids)
	for n := 0; n < len(kin); n++ { // more are found on the way
		for _, r := range s.journal.All(0) {
			if r.Stream.Category() != "contact" || contact.KeyOf(r.Stream).Space != in {
				continue
			}
			one, other := contact.KeyOf(r.Stream).ID, contact.ID("")
			switch e := r.Event.(type) {
			case contact.Merged:
				other = e.Survivor
			case contact.Split:
				other = e.Into
			}
			for _, pair := range [][2]contact.ID{{one, other}, {other, one}} {
				if other != "" && pair[0] == kin[n] && !slices.Contains(kin, pair[1]) {
					kin = append(kin, pair[1])
				}
			}
		}
	}
	return kin, nil
}

func (s *showing) Noted(_ context.Context, in space.ID, id contact.ID, after domain.Position) iter.Seq2[contact.Noted, error] {
	owner := map[domain.Position]contact.ID{}
	var all []contact.Noted
	for _, r := range s.journal.All(0) {
		key := contact.KeyOf(r.Stream)
		if key.Space != in {
			continue
		}
		switch e := r.Event.(type) {
		case contact.Interaction:
			i := e.Interacted()
			owner[r.Position] = key.ID
			all = append(all, contact.Noted{Position: r.Position, At: i.At, Ref: i.Ref, Identity: i.Identity, Way: i.Way})
		case contact.InteractionsTaken:
			for _, n := range all {
				if slices.Contains(e.From, owner[n.Position]) && (n.Ref != "" && slices.Contains(e.Interactions, n.Ref) || slices.Contains(e.Identities, n.Identity)) {
					owner[n.Position] = key.ID
				}
			}
		}
	}
	return func(yield func(contact.Noted, error) bool) {
		for _, n := range all {
			if owner[n.Position] == id && n.Position > after && !yield(n, nil) {
				return
			}
		}
	}
}
