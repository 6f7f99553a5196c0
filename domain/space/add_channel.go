package space

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"skein/domain"
)

// Channel is a way in which contacts and a space are in touch: by mail, which every
// space has, or by any other that programs bring messages of.
type Channel struct {
	Key        string `json:"key"`        // for programs, for ever: lower case letters, digits and underscores
	Name       string `json:"name"`       // for people
	Identities Type   `json:"identities"` // how somebody is known there: email, phone or id
}

// Mail is the channel of mailboxes.
const Mail = "email"

// AddChannel adds a channel to a space. The same channel again is already so.
type AddChannel Channel

// maxChannels bounds how many channels a space has.
const maxChannels = 100

var (
	errChannelKey     = domain.Refuse(domain.Invalid, "channel_key_invalid", "A channel's key starts with a lower case letter and has at most 63 lower case letters, digits and underscores.")
	errChannelName    = domain.Refuse(domain.Invalid, "channel_name_invalid", "A channel's name has 1 to 100 characters on one line.")
	errChannelType    = domain.Refuse(domain.Invalid, "channel_identities_unknown", "Identities on a channel are of type email, phone or id.")
	errChannelTaken   = domain.Refuse(domain.Conflict, "channel_exists", "A channel with this key exists already. Choose another key.")
	errChannelsFull   = domain.Refuse(domain.Conflict, "channels_full", "The space has as many channels as a space can have (100).")
	errIdentityShape  = domain.Refuse(domain.Invalid, "identity_invalid", "The identity is not one of its channel.")
	errChannelUnknown = domain.Refuse(domain.Invalid, "channel_unknown", "The space has no such channel. Add it first.")
)

func (cmd AddChannel) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	name, fit := domain.Line(cmp.Or(strings.TrimSpace(cmd.Name), cmd.Key), 100)
	cmd.Name, cmd.Identities = name, cmp.Or(cmd.Identities, IDType)
	switch {
	case !keyShape.MatchString(cmd.Key):
		return nil, errChannelKey.Where("/key")
	case !fit:
		return nil, errChannelName.Where("/name")
	case !slices.Contains([]Type{EmailType, PhoneType, IDType}, cmd.Identities):
		return nil, errChannelType.Where("/identities")
	}
	if c, there := s.Channel(cmd.Key); there {
		if c == Channel(cmd) {
			return nil, nil
		}
		return nil, errChannelTaken.Where("/key")
	}
	if len(s.Channels) >= maxChannels {
		return nil, errChannelsFull
	}
	return []Event{ChannelAdded(cmd)}, nil
}

// ChannelAdded tells that a space has one more channel.
type ChannelAdded Channel

// Kind implements domain.Event.
func (ChannelAdded) Kind() string { return "space.channel_added" }

func (e ChannelAdded) evolve(s Space, _ domain.Moment) Space {
	s.Channels = append(slices.Clip(s.Channels), Channel(e))
	return s
}

// Channel is the channel with the given key.
func (s Space) Channel(key string) (Channel, bool) {
	if key == Mail {
		return Channel{Mail, "Email", EmailType}, true
	}
	i := slices.IndexFunc(s.Channels, func(c Channel) bool { return c.Key == key })
	if i < 0 {
		return Channel{}, false
	}
	return s.Channels[i], true
}

// Identity is an identity on a channel as it is kept, or the refusal of one that none
// can have there.
func (s Space) Identity(channel, of string) (string, error) {
	c, there := s.Channel(channel)
	if !there {
		return "", errChannelUnknown.Where("/channel")
	}
	kept, err := c.Identities.Canonical(of, nil)
	switch {
	case err != nil:
		return "", errIdentityShape.Where("/identity").Saying("The identity " + err.Error() + ".")
	case kept == "" || norm.NFC.String(kept) != kept || utf8.RuneCountInString(kept) > 254:
		return "", errIdentityShape.Where("/identity").Saying("The identity is empty or too long.")
	}
	if line, fit := domain.Line(kept, 254); !fit || line != kept {
		return "", errIdentityShape.Where("/identity")
	}
	return kept, nil
}
