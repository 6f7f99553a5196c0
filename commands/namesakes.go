package commands

import (
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// namesakes are the contacts that values name.
type namesakes struct {
	ids []contact.ID // each once, in the order of the values
	led map[claimed]contact.ID

	Identified // what was done of it already
}

func (h *Handler) namesakes(ctx context.Context, by domain.By, in Room, names []claimed) (found namesakes, err error) {
	found.led = map[claimed]contact.ID{}
	for _, c := range names {
		root, has, err := h.holder(ctx, in, c)
		if err != nil {
			return found, err
		}
		if root == "" {
			continue
		}
		if found.led[c] = root; !slices.Contains(found.ids, root) {
			found.ids = append(found.ids, root)
		}
		if by.Key == "" {
			continue
		}
		above, err := h.above(ctx, in, has)
		if err != nil {
			return found, err
		}
		for _, id := range append(above, has) {
			told, err := load(ctx, h, in.contact(id), contact.Evolve)
			if err != nil {
				return found, err
			}
			at, done, err := told.carriedOut(by)
			if err != nil {
				return found, err
			}
			if done {
				found.Contact, found.Position = id, at
			}
			for attempt := 1; attempt <= attempts && told.state.Merge.ID != ""; attempt++ {
				if told.state.Merge.ID == contact.MergeID(h.IDFor(stepMerge(by, attempt))) {
					found.Merged, found.Absorbed = told.state.Merge.ID, id
				}
			}
		}
	}
	return found, nil
}
