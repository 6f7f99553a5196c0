package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
)

// errUnsettled refuses a merge whose survivor went away and came back meanwhile.
var errUnsettled = domain.Refuse(domain.Conflict, "survivor_unsettled", "The other contact was merged and unmerged at this very moment, so nothing was done. Send it again as a new request.")

// MergeContacts lets a survivor absorb another contact, by one fact in the history of
// the one that is absorbed, and returns the id of the merge: under the same key always
// the same one (D1-4). Whatever the merge was decided on is looked at again afterwards:
// if the survivor was absorbed or deleted before that fact came to be, or anything moved
// on that was to stay as it was seen, the merge is void, and is taken back (D1-3, D1-5).
func (h *Handler) MergeContacts(ctx context.Context, by domain.By, in Room, survivor, absorbed contact.ID, cmd contact.Absorb) (contact.MergeID, domain.Position, error) {
	for _, id := range []contact.ID{survivor, absorbed} {
		if _, _, err := h.resolve(ctx, in, id); err != nil { // which takes back what is void
			return "", 0, err
		}
	}
	cmd.ID = contact.MergeID(h.IDFor(by))
	id, before := cmd.ID, false
	at, err := carryOut(ctx, h, by, in.contact(absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		both, err := h.family(ctx, in, survivor, absorbed)
		if err != nil {
			return nil, err
		}
		decided, err := h.absorb(ctx, in, both, c, survivor, absorbed, cmd)
		id, before = cmd.ID, err == nil && len(decided) == 0
		if before {
			id = c.Merge.ID
		}
		if len(decided) > 0 && cmd.Seen != nil && !both.Unchanged(cmd.Seen, survivor, absorbed) {
			err = ErrPreviewStale
		}
		return decided, err
	})
	if err != nil {
		return "", 0, h.leadsToEither(ctx, in, survivor, absorbed, err)
	}
	if before {
		return id, at, nil
	}
	return id, at, h.settle(ctx, by, in, absorbed, contact.Merge{Into: survivor, Seen: cmd.Seen, At: at})
}

// absorb decides on a merge of two contacts as they are told.
func (h *Handler) absorb(ctx context.Context, in Room, both *contact.Family, c contact.Contact, survivor, absorbed contact.ID, cmd contact.Absorb) ([]contact.Event, error) {
	cmd.Self, cmd.Into, cmd.Space, cmd.Survivor = absorbed, survivor, in.Space, both.Own(survivor)
	if c.Merge.Into == survivor {
		holder, _, err := h.parent(ctx, in, c.Merge, cmd.Survivor)
		if err != nil {
			return nil, err
		}
		if holder != survivor { // which left it behind
			return nil, contact.ErrMerged
		}
	}
	cmd.Clash = contact.Clash(in.Space, both.Told(survivor), both.Told(absorbed))
	return contact.Decide(c, cmd)
}

// settle takes a merge back that was recorded and is void, and refuses it.
func (h *Handler) settle(ctx context.Context, by domain.By, in Room, absorbed contact.ID, m contact.Merge) error {
	survivor, err := h.contact(ctx, in, m.Into)
	if err != nil {
		return err
	}
	void, err := h.void(ctx, in, survivor, m)
	if err == nil && !void && m.Seen != nil {
		void, err = h.joined(ctx, by, in, absorbed, m)
	}
	if err != nil || !void {
		return err
	}
	if err := h.takeBack(ctx, by, in, absorbed, m); err != nil {
		return err
	}
	switch {
	case survivor.StoodAt(m.At):
		return ErrPreviewStale
	case survivor.Standing() == nil:
		return errUnsettled
	}
	return h.leads(ctx, in, m.Into, survivor.Standing())
}

// joined reports whether somebody had become a part of either of the two, when they were
// merged, whom nobody had seen. It goes on to be so after the merge was taken back. It
// makes no merge void: nobody could tell so from the histories that a contact leads to,
// which do not name those who are a part of it. What is taken back for it was a merge.
func (h *Handler) joined(ctx context.Context, by domain.By, in Room, absorbed contact.ID, m contact.Merge) (bool, error) {
	told, err := load(ctx, h, in.contact(absorbed), contact.Evolve)
	if err != nil {
		return false, err
	}
	if _, back, err := told.carriedOut(step(by, "back")); back || err != nil {
		return back, err
	}
	within, err := h.within(ctx, in, m.Into)
	if err != nil {
		return false, err
	}
	for _, one := range within {
		if _, seen := m.Seen[one]; seen {
			continue
		}
		if c, err := h.contact(ctx, in, one); err != nil || c.Merge.Into != "" && c.Merge.At < m.At {
			return err == nil, err
		}
	}
	return false, nil
}

// leadsToEither is leads for a merge that was refused because of one of the two.
func (h *Handler) leadsToEither(ctx context.Context, in Room, survivor, absorbed contact.ID, refused error) error {
	into, err := h.contact(ctx, in, survivor)
	switch {
	case err != nil:
		return err
	case into.Merge.Into != "":
		return h.leads(ctx, in, survivor, refused)
	}
	return h.leads(ctx, in, absorbed, refused)
}

// takeBack undoes a merge that never counted, if nobody else has.
func (h *Handler) takeBack(ctx context.Context, by domain.By, in Room, absorbed contact.ID, m contact.Merge) error {
	_, err := carryOut(ctx, h, step(by, "back"), in.contact(absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		if c.Merge.At != m.At {
			return nil, nil
		}
		return contact.Decide(c, contact.Unmerge{Void: true})
	})
	return err
}

// void reports whether a merge counts for nothing, because its survivor did not stand
// at that moment or what it was decided on had moved on (see [contact.Family]).
func (h *Handler) void(ctx context.Context, in Room, survivor contact.Contact, m contact.Merge) (bool, error) {
	if !survivor.StoodAt(m.At) {
		return true, nil
	}
	return h.judged(ctx, in, m)
}

// judged is overtaken, found out once.
func (h *Handler) judged(ctx context.Context, in Room, m contact.Merge) (bool, error) {
	return h.verdicts.on(m.At, func() (bool, error) { return h.overtaken(ctx, in, m) })
}

// overtaken reports whether what a merge was decided on had moved on before it.
func (h *Handler) overtaken(ctx context.Context, in Room, m contact.Merge) (bool, error) {
	for id, length := range m.Seen {
		for r, err := range h.Journal.Read(ctx, in.contact(id), length) {
			if err != nil {
				return false, unreadable(in.contact(id), err)
			}
			if r.Position < m.At {
				return true, nil
			}
			break
		}
	}
	return false, nil
}

// resolve follows the merges from a contact to the one it is part of now, and
// returns that one's own story. A void merge that nobody took back is taken back
// on the way, and a contact that went with another one is deleted for good.
func (h *Handler) resolve(ctx context.Context, in Room, id contact.ID) (contact.ID, contact.Contact, error) {
	c, err := h.contact(ctx, in, id)
	for err == nil && c.Deleted == 0 && c.Merge.Into != "" {
		survivor, err := h.contact(ctx, in, c.Merge.Into)
		if err != nil {
			return "", contact.Contact{}, err
		}
		void, err := h.void(ctx, in, survivor, c.Merge)
		if err != nil {
			return "", contact.Contact{}, err
		}
		if void {
			if err := h.takeBack(ctx, domain.By{Actor: "system:merge"}, in, id, c.Merge); err != nil {
				return "", contact.Contact{}, err
			}
			if c, err = h.contact(ctx, in, id); err != nil {
				return "", contact.Contact{}, err
			}
			continue
		}
		if id, c, err = h.parent(ctx, in, c.Merge, survivor); err != nil {
			return "", contact.Contact{}, err
		}
	}
	if err == nil && c.Deleted > 0 {
		err = h.bury(ctx, in, id)
	}
	return id, c, err
}

// parent is the contact that one is directly a part of which was absorbed by the
// survivor: that one, or one that it left alone since.
func (h *Handler) parent(ctx context.Context, in Room, m contact.Merge, survivor contact.Contact) (contact.ID, contact.Contact, error) {
	id, c, since := m.Into, survivor, m.At
	for {
		next, at := c.Parent(id, since)
		if next == id {
			return id, c, nil
		}
		var err error
		if c, err = h.contact(ctx, in, next); err != nil {
			return "", contact.Contact{}, err
		}
		id, since = next, at
	}
}
