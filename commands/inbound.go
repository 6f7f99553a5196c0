package commands

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/intake"
	"skein/domain/space"
)

// Inbound is a message from somebody who is known by an identity on a channel.
type Inbound = intake.Message

// Refusals of messages.
var (
	errNoChannel   = domain.Refuse(domain.Missing, "channel_unknown", "The space has no such channel. Add it first.")
	errProfileName = domain.Refuse(domain.Invalid, "name_invalid", "The name in a profile has at most 1,000 characters on one line.")
	errWhen        = domain.Refuse(domain.Invalid, "interaction_at_invalid", "The time lies more than a day ahead. Send when it happened, such as 2026-01-31T12:00:00Z, or leave it out: then it is now.")
	errProfileFace = domain.Refuse(domain.Invalid, "image_invalid", "The image of a profile is an address such as https://example.org/ada.png.")
)

// Hear notes a message that came by a channel in the conversation with its sender, who
// becomes a contact unless the identity leads to one already. While the space takes no
// more contacts in, the message of somebody unknown is kept aside, and taken up when
// there is room (C0-22). A message that was noted before is already so (D4-10).
func (h *Handler) Hear(ctx context.Context, by domain.By, in Room, m Inbound) (Heard, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return Heard{}, err
	}
	if m, err = h.arrived(by, in, m); err != nil {
		return Heard{}, err
	}
	aside := intake.Key{Space: in.ID, Sender: h.Hash("intake", string(in.ID), m.Channel, m.Identity)}.Stream()
	if by.Key != "" { // it may have been turned away before, and taken up since
		told, err := load(ctx, h, aside, intake.Evolve)
		if err != nil {
			return Heard{}, err
		}
		if at, done, err := told.carriedOut(by); done || err != nil {
			return Heard{Message: m.Message, TurnedAway: true, Position: at}, err
		}
	}
	heard, err := h.hear(ctx, by, in, m, &hearing{talks: talks{}})
	if !errors.Is(err, space.ErrFull) {
		return heard, err
	}
	at, err := begin(ctx, h, by, aside, intake.Evolve, func(i intake.Intake) ([]intake.Event, error) {
		return intake.Decide(i, intake.TurnAway(m))
	})
	return Heard{Message: m.Message, TurnedAway: true, Position: at}, err
}

// arrived is a message as it is kept, or the refusal of one that cannot be.
func (h *Handler) arrived(by domain.By, in Room, m Inbound) (Inbound, error) {
	if _, there := in.Space.Channel(m.Channel); !there {
		return m, errNoChannel
	}
	var err error
	if m.Identity, err = in.Space.Identity(m.Channel, m.Identity); err != nil {
		return m, err
	}
	if m.Image, err = space.Standard["image"].Canonical(m.Image, nil); err != nil {
		return m, errProfileFace.Where("/image")
	}
	m.Name = strings.Join(strings.Fields(m.Name), " ")
	if _, fit := domain.Line(m.Name, 1000); m.Name != "" && !fit || !utf8.ValidString(m.Name) {
		return m, errProfileName.Where("/name")
	}
	if m.Message == "" {
		m.Message = conversation.MessageID(h.IDFor(by))
	}
	if m.At, err = h.happened(m.At); err != nil {
		return m, err
	}
	_, err = conversation.Decide(conversation.Conversation{}, receive(m))
	return m, err
}

// receive asks to note a message.
func receive(m Inbound) conversation.Receive {
	return conversation.Receive{Message: m.Message, Channel: m.Channel, Identity: m.Identity, Subject: m.Subject, Text: m.Text, At: m.At}
}

// mostAhead is how far other clocks may be ahead of this one.
const mostAhead = 24 * time.Hour

// happened is when something happened: now, if nobody says otherwise. It refuses what
// cannot have happened yet, whatever the clock is that says so.
func (h *Handler) happened(at time.Time) (time.Time, error) {
	now := h.Now()
	switch {
	case at.IsZero():
		at = now
	case at.After(now.Add(mostAhead)):
		return at, errWhen.Where("/at")
	}
	return at.UTC().Truncate(time.Microsecond), nil
}
