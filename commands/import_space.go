package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// Annals are a journal that takes what was recorded elsewhere before.
type Annals interface {
	// Restore is Journal.Append of one event with what was known of it where it was
	// recorded first. Whoever reads it is told that it was recorded then.
	Restore(ctx context.Context, s domain.Stream, length uint64, was domain.Metadata, e domain.Event) (domain.Position, error)
}

// Events yields the events of an archive in their order, each time it is called.
type Events func(yield func(domain.Recorded, error) bool)

// ImportedSpace is what became of an archive.
type ImportedSpace struct {
	ID        space.ID
	Name      string
	Before    bool // it was there already
	Mailboxes int  // that have to be connected anew
	Position  domain.Position
}

// ErrArchiveVersion refuses an archive that a newer program wrote.
var ErrArchiveVersion = domain.Refuse(domain.Invalid, "archive_too_new", "The archive was written by a newer version. Import it with that one, or a later one.")

// errArchive refuses what cannot be the archive of a space.
var errArchive = domain.Refuse(domain.Invalid, "archive_unfit", "This is no archive of a space, or it is damaged.")

// ImportSpace makes a new space of an archive, with the same contacts, merges,
// histories, conversations, inboxes and fields. Contacts keep their ids; their events
// keep who asked for them and when. Users and mailboxes are not taken along: the ones
// may be others here, and of the others the passwords are not known.
//
// The whole archive is looked at before anything is written. The organization opens
// the space last, so that nobody sees it before it is complete. An import that was
// broken off goes on when it is done again, for the same archive always becomes the
// same space of an organization, until that is deleted. Told, if given, is told of
// each event that is done with.
func (h *Handler) ImportSpace(
	ctx context.Context, into Annals, by domain.By, of organization.ID, name string, a Archive, events Events, told func(),
) (done ImportedSpace, err error) {
	if told == nil {
		told = func() {}
	}
	mailboxes, together, err := a.check(events, told)
	if err != nil {
		return done, err
	}
	done.Mailboxes = mailboxes
	org, err := load(ctx, h, of.Stream(), organization.Evolve)
	if err != nil {
		return done, err
	}
	by.Key, by.Ask = h.importKey(org.state, of, a), ""
	done.ID, done.Name = space.ID(h.IDFor(by)), name
	if name == "" {
		done.Name = a.Name
	}
	if done.Before = org.state.Has(organization.SpaceID(done.ID)); done.Before {
		return done, nil
	}
	create := space.Create{Organization: of, Name: done.Name, Unique: a.Identifiers}
	in, err := h.prepare(ctx, by, done.ID, create, a)
	if err != nil {
		return done, err
	}
	done.Name = in.Space.Name // as it was begun with
	if err := h.restore(ctx, into, in, together, events, told); err != nil {
		return done, err
	}
	if err := h.claimImported(ctx, in, events, told); err != nil {
		return done, err
	}
	done.Position, err = carryOut(ctx, h, by, of.Stream(), organization.Evolve, h.opening(in.ID, of, done.Name))
	return done, err
}

// importKey is the key that an archive is imported under. It is another one once the
// space that became of it was deleted.
func (h *Handler) importKey(o organization.Organization, of organization.ID, a Archive) string {
	for times := 0; ; times++ {
		key := h.Hash("import-space", string(of), a.ID, strconv.Itoa(times))
		id := organization.SpaceID(h.IDFor(domain.By{Key: key}))
		if !slices.ContainsFunc(o.Deleted, func(s organization.DeletedSpace) bool { return s.ID == id }) {
			return key
		}
	}
}

// prepare makes the space that an archive becomes, with its fields and its limit, if
// the organization could open it now.
func (h *Handler) prepare(ctx context.Context, by domain.By, id space.ID, create space.Create, a Archive) (Room, error) {
	var org organization.Organization
	err := h.freeing(ctx, create.Organization, func() error {
		told, err := load(ctx, h, create.Organization.Stream(), organization.Evolve)
		if err == nil {
			org = told.state
			_, err = h.opening(id, create.Organization, create.Name)(org)
		}
		return err
	})
	if err != nil {
		return Room{}, err
	}
	_, err = begin(ctx, h, by, id.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
		return space.Decide(s, create)
	})
	if err != nil {
		return Room{}, err
	}
	var settings []space.Command
	for _, f := range a.Fields {
		settings = append(settings, space.DefineField(f))
	}
	for _, c := range a.Channels {
		settings = append(settings, space.AddChannel(c))
	}
	settings = append(settings, space.SetAutoMerge{On: a.AutoMerge})
	if org.HasModule(organization.WhiteLabel) {
		settings = append(settings, space.Edit{Limit: &a.Limit, WhiteLabel: true})
	}
	for _, cmd := range settings {
		if _, err := h.Space(ctx, natural(by), Room{ID: id}, cmd); err != nil {
			return Room{}, err
		}
	}
	_, err = carryOut(ctx, h, natural(by), id.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
		if !a.Identified || s.Identified > 0 {
			return nil, nil
		}
		return []space.Event{space.IdentifiersChanged{Unique: s.Unique}}, nil
	})
	if err != nil {
		return Room{}, err
	}
	told, err := load(ctx, h, id.Stream(), space.Evolve)
	return Room{ID: id, Space: told.state}, err
}

// opening opens a space under a name.
func (h *Handler) opening(id space.ID, of organization.ID, name string) func(organization.Organization) ([]organization.Event, error) {
	open := organization.OpenSpace{ID: organization.SpaceID(id), Name: h.named(of, name)}
	return func(o organization.Organization) ([]organization.Event, error) { return organization.Decide(o, open) }
}

// unfit is the refusal of an archive for what is wrong with one of its events.
func unfit(r domain.Recorded, why string, values ...any) error {
	return errArchive.Saying(fmt.Sprintf("The archive is damaged, or was changed: event %d of %s %s. Nothing more was done; export the space again.",
		r.Revision, r.Stream, fmt.Sprintf(why, values...)))
}
