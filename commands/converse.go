package commands

import (
	"context"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// errWhere refuses a message that nobody can tell where it went.
var errWhere = domain.Refuse(domain.Invalid, "identity_missing", "The contact was never in touch on this channel and has no identity there. Name the identity that the message went to.")

// Send notes a message to a contact that went out. Where it does not say to which
// identity, it went to the one that the contact was in touch by last on the channel, or
// else to the first one it has there.
func (h *Handler) Send(ctx context.Context, by domain.By, in Room, id contact.ID, cmd conversation.Send) (conversation.MessageID, domain.Position, error) {
	given := cmd.Message != ""
	if !given {
		cmd.Message = conversation.MessageID(h.IDFor(by))
	}
	var err error
	if cmd.At, err = h.happened(cmd.At); err != nil {
		return "", 0, err
	}
	at, err := h.converse(ctx, by, in, id, func(ctx context.Context, in Room) (conversation.Command, error) {
		if _, there := in.Space.Channel(cmd.Channel); !there {
			return nil, errNoChannel.Where("/channel")
		}
		ask := cmd
		var err error
		if cmd.Identity != "" {
			ask.Identity, err = in.Space.Identity(cmd.Channel, cmd.Identity)
		} else {
			ask.Identity, err = h.lastOn(ctx, in, id, cmd.Channel)
		}
		if err != nil || !given {
			return ask, err
		}
		noted, err := h.noted(ctx, in, id, func(c conversation.Conversation) bool { return c.Knows(cmd.Message) })
		if err != nil || noted {
			return nil, err
		}
		return ask, nil
	})
	return cmd.Message, at, err
}

// Comment notes what somebody of the space says about a contact.
func (h *Handler) Comment(ctx context.Context, by domain.By, in Room, id contact.ID, cmd conversation.Comment) (conversation.MessageID, domain.Position, error) {
	if cmd.Comment == "" {
		cmd.Comment = conversation.MessageID(h.IDFor(by))
	}
	var err error
	if cmd.At, err = h.happened(cmd.At); err != nil {
		return "", 0, err
	}
	at, err := h.converse(ctx, by, in, id, func(context.Context, Room) (conversation.Command, error) { return cmd, nil })
	return cmd.Comment, at, err
}

// NoteEvent notes that a contact did something elsewhere.
func (h *Handler) NoteEvent(ctx context.Context, by domain.By, in Room, id contact.ID, cmd conversation.NoteEvent) (conversation.MessageID, domain.Position, error) {
	if cmd.Event == "" {
		cmd.Event = conversation.MessageID(h.IDFor(by))
	}
	var err error
	if cmd.At, err = h.happened(cmd.At); err != nil {
		return "", 0, err
	}
	at, err := h.converse(ctx, by, in, id, func(_ context.Context, in Room) (conversation.Command, error) {
		if cmd.Channel == "" && cmd.Identity == "" {
			return cmd, nil
		}
		ask := cmd
		var err error
		ask.Identity, err = in.Space.Identity(cmd.Channel, cmd.Identity)
		return ask, err
	})
	return cmd.Event, at, err
}

// OpenConversation opens the conversation with a contact on a channel, or goes on with
// it.
func (h *Handler) OpenConversation(ctx context.Context, by domain.By, in Room, id contact.ID, channel string) (domain.Position, error) {
	return h.turnTalk(ctx, by, in, id, channel, func(shown contact.Talk, at time.Time) conversation.Command {
		return conversation.Open{Channel: channel, Shown: shown, At: at}
	})
}

// CloseConversation closes the conversation with a contact on a channel.
func (h *Handler) CloseConversation(ctx context.Context, by domain.By, in Room, id contact.ID, channel, reason string) (domain.Position, error) {
	return h.turnTalk(ctx, by, in, id, channel, func(shown contact.Talk, at time.Time) conversation.Command {
		return conversation.Close{Channel: channel, Reason: reason, Shown: shown, At: at}
	})
}

// turnTalk opens or closes a conversation as people see it.
func (h *Handler) turnTalk(
	ctx context.Context, by domain.By, in Room, id contact.ID, channel string, what func(contact.Talk, time.Time) conversation.Command,
) (domain.Position, error) {
	return h.converse(ctx, by, in, id, func(ctx context.Context, in Room) (conversation.Command, error) {
		if _, there := in.Space.Channel(channel); !there {
			return nil, errNoChannel
		}
		family, err := h.family(ctx, in, id)
		if err != nil {
			return nil, err
		}
		now, err := h.happened(time.Time{})
		return what(family.Told(id).Talks[channel], now), err
	})
}

// converse asks something of the conversation with a contact that stands. No command
// and no error mean that all is already as asked.
func (h *Handler) converse(
	ctx context.Context, by domain.By, in Room, id contact.ID, ask func(context.Context, Room) (conversation.Command, error),
) (domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return 0, err
	}
	s := conversation.Stream(contact.Key{Space: in.ID, ID: id})
	at, err := carryOut(ctx, h, by, s, conversation.Evolve, func(c conversation.Conversation) ([]conversation.Event, error) {
		if err := h.Stands(ctx, in, id); err != nil {
			return nil, err
		}
		cmd, err := ask(ctx, in)
		if err != nil || cmd == nil {
			return nil, err
		}
		return conversation.Decide(c, cmd)
	})
	if err != nil {
		return 0, h.leads(ctx, in, id, err)
	}
	return at, nil
}

// lastOn is the identity that a contact was in touch by last on a channel, or else the
// first one it has there.
func (h *Handler) lastOn(ctx context.Context, in Room, id contact.ID, channel string) (string, error) {
	family, err := h.family(ctx, in, id)
	if err != nil {
		return "", err
	}
	shown := family.Told(id)
	var last contact.Touch
	of := ""
	for slot, touch := range shown.Touches {
		i, is := slot.Identity()
		if !is || i.Channel != channel || i.Of == "" {
			continue
		}
		if later := touch.Last.Compare(last.Last); of == "" || later > 0 || later == 0 && touch.At > last.At {
			of, last = i.Of, touch
		}
	}
	for _, i := range shown.Identities() {
		if of == "" && i.Channel == channel {
			of = i.Of
		}
	}
	kind := in.identifier(channel)
	if of == "" && kind != "" {
		of = shown.Field(string(kind))
	}
	if of == "" {
		return "", errWhere.Where("/identity")
	}
	return of, nil
}

// noted reports whether a contact, or one that is a part of it, has something in its
// conversation.
func (h *Handler) noted(ctx context.Context, in Room, id contact.ID, has func(conversation.Conversation) bool) (bool, error) {
	within, err := h.within(ctx, in, id)
	if err != nil {
		return false, err
	}
	for _, one := range within {
		told, err := load(ctx, h, conversation.Stream(contact.Key{Space: in.ID, ID: one}), conversation.Evolve)
		if err != nil || has(told.state) {
			return err == nil, err
		}
	}
	return false, nil
}
