package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Identifiers are what names one contact of a space, and how long the space's
// history is.
type Identifiers struct {
	Unique   []space.Identifier
	Becoming []space.Identifier // what is being made of them; nil: nothing
	Length   uint64
}

// ReadIdentifiers is what names one contact of the room at this moment.
func (h *Handler) ReadIdentifiers(ctx context.Context, in Room) (Identifiers, error) {
	told, err := load(ctx, h, in.ID.Stream(), space.Evolve)
	return Identifiers{told.state.Unique, told.state.Tightening.Unique, told.length}, err
}

// ChangeIdentifiers changes what names one contact of the room, all of it or nothing
// (C1-19). If the space's history has to have a length, it is given; nil: whatever it
// has. Where contacts share values of what is to name one, it refuses with a
// [SharedError].
//
// A new identifier is first claimed by everybody who gives a contact a value of it.
// When nobody can still do without, the values that contacts show are claimed for
// them, and only then it is so. Whatever stops in between leaves claims behind, which
// are in nobody's way as long as the value may be shared, and give no right to those
// who do not show it later.
func (h *Handler) ChangeIdentifiers(ctx context.Context, by domain.By, in Room, length *uint64, unique []space.Identifier) (domain.Position, error) {
	told, err := load(ctx, h, in.ID.Stream(), space.Evolve)
	if err != nil {
		return 0, err
	}
	if at, done, err := told.carriedOut(by); done || err != nil {
		return at, err
	}
	if length != nil && *length != told.length {
		return 0, ErrSpaceChanged
	}
	ask := space.Identify{Unique: unique, At: h.Now(), Alone: h.Alone}
	if decided, err := space.Decide(told.state, ask); err != nil || len(decided) == 0 {
		return told.at, err
	}
	if err := h.shared(ctx, in, missing(told.state, unique)); err != nil {
		return 0, err
	}
	at, err := h.identify(ctx, by, in, ask, told.state)
	if err != nil {
		return 0, err
	}
	if told, err = load(ctx, h, in.ID.Stream(), space.Evolve); err != nil || told.state.Tightening.Since != at {
		return at, err
	}
	t := tightening{h, by, Room{in.ID, told.state}, told.state.Tightening.Since, h.Now()}
	if at, err = t.run(ctx); err != nil {
		_, _ = h.Space(context.WithoutCancel(ctx), natural(by), in, space.Keep{Since: t.since}) // it ends by itself some time
	}
	return at, err
}

// identify does what is asked of the room, as it was told: it changes what names one
// contact, or begins to. Only the event that changes it has the key of the command.
func (h *Handler) identify(ctx context.Context, by domain.By, in Room, ask space.Identify, told space.Space) (domain.Position, error) {
	begins := len(missing(told, ask.Unique)) > 0
	if begins {
		by = natural(by)
	}
	return carryOut(ctx, h, by, in.ID.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
		if begins != (len(missing(s, ask.Unique)) > 0) {
			return nil, ErrBusy // others have changed it since
		}
		return space.Decide(s, ask)
	})
}

// missing are the identifiers that are asked for and name no contact yet.
func missing(s space.Space, asked []space.Identifier) []space.Identifier {
	return slices.DeleteFunc(slices.Clone(asked), s.Names)
}

// tightening is a change of what names one contact that is under way.
type tightening struct {
	*Handler
	by    domain.By // of what ends it
	in    Room      // as it tightens
	since domain.Position
	alive time.Time // when it was last told that it goes on
}

func (t *tightening) run(ctx context.Context) (domain.Position, error) {
	if err := t.everybodyKnows(ctx); err != nil {
		return 0, err
	}
	t.in.Space.Tightened = t.since
	for _, kind := range missing(t.in.Space, t.in.Space.Tightening.Unique) {
		if err := t.claimAll(ctx, kind); err != nil {
			return 0, err
		}
	}
	at, err := t.Space(ctx, t.by, t.in, space.Settle{Since: t.since})
	if err == nil {
		return at, nil
	}
	if shared := t.shared(ctx, t.in, missing(t.in.Space, t.in.Space.Tightening.Unique)); errors.As(shared, new(*SharedError)) {
		return 0, shared
	}
	return 0, err
}

// claimAll claims the values of an identifier for the contacts that show them, many
// at the same time.
func (t *tightening) claimAll(ctx context.Context, kind space.Identifier) error {
	many := gang{limit: importers}
	for one, err := range t.Showing.Of(ctx, t.in.ID, kind, "") {
		if err == nil {
			err = t.goOn(ctx)
		}
		if err != nil {
			return errors.Join(err, many.end())
		}
		if !many.do(func() error { return t.claimShown(ctx, kind, one) }) {
			break
		}
	}
	err := many.end()
	if !refusesValue(err) {
		return err
	}
	if shared := t.shared(ctx, t.in, []space.Identifier{kind}); shared != nil {
		return shared
	}
	return err
}

// goOn tells from time to time that the tightening is not dead.
func (t *tightening) goOn(ctx context.Context) error {
	now := t.Now()
	if now.Sub(t.alive) < grace/4 {
		return nil
	}
	t.alive = now
	_, err := t.Space(ctx, natural(t.by), t.in, space.GoOn{Since: t.since})
	return err
}

// claimShown claims a value for the one of a contact's family who has it.
func (t *tightening) claimShown(ctx context.Context, kind space.Identifier, one identifier.Shown) error {
	c := claimed{kind, one.Value}
	family, owner := &contact.Family{}, one.Contact
	if !one.Own {
		var err error
		if family, err = t.family(ctx, t.in, one.Contact); err != nil {
			return err
		}
		owner = family.Told(one.Contact).Values[contact.Slot(kind)].By(one.Contact)
	}
	err := t.assure(ctx, natural(t.by), t.in, one.Contact, owner, family, c)
	if !refusesValue(err) || !one.Own {
		return err
	}
	if family, err = t.family(ctx, t.in, one.Contact); err != nil {
		return err
	}
	return t.assure(ctx, natural(t.by), t.in, one.Contact, owner, family, c)
}
