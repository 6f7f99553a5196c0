package imapsync

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// What is fetched at once.
const (
	mostFetched = 100      // messages
	mostHeader  = 64 << 10 // bytes of a header; the rest of a longer one is not asked for
	mostListed  = 64 << 10 // UIDs that a search may find in a window
)

// fetch reads the headers of the mail with these UIDs, ascending. What was
// expunged meanwhile is missing. What is there but whose header the server does
// not hand out, as when it answers without the UID (D4-6), is not: it has a
// Problem.
func (s *Session) fetch(ctx context.Context, validity uint32, uids []imap.UID) ([]Message, error) {
	header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: mostHeader}}
	got, err := s.ask(ctx, validity, uids, &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{header}})
	if err != nil || len(got) == len(uids) {
		return got, err
	}
	missing := slices.DeleteFunc(slices.Clone(uids), func(uid imap.UID) bool {
		return slices.ContainsFunc(got, func(m Message) bool { return m.UID == uint32(uid) })
	})
	bare, err := s.ask(ctx, validity, missing, &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true})
	if err != nil {
		return nil, err
	}
	got = append(got, bare...)
	slices.SortFunc(got, byUID)
	return got, nil
}

func byUID(a, b Message) int { return cmp.Compare(a.UID, b.UID) }

// ask carries out one FETCH. Headers are read as they arrive and not kept.
func (s *Session) ask(ctx context.Context, validity uint32, uids []imap.UID, what *imap.FetchOptions) ([]Message, error) {
	var got []Message
	err := s.do(ctx, mostReply+len(uids)*(mostHeader+1024), func() error {
		return s.gather(s.imap.Fetch(imap.UIDSetNum(uids...), what), func(m Message, header []byte) {
			m.UIDValidity = validity
			if header != nil {
				m.read(header)
			} else {
				m.unread("The server does not hand out the header.")
			}
			got = append(got, m)
		})
	})
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return nil, refusal(no, Broken, "The server does not hand out the mail", s.account.forms()...)
	}
	slices.SortFunc(got, byUID)
	return got, err
}

// gather calls take with each answer to cmd, and with the header in it or nil.
func (s *Session) gather(cmd *imapclient.FetchCommand, take func(m Message, header []byte)) error {
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		var m Message
		header, err := m.collect(data)
		if err != nil {
			// The connection broke inside a literal. Going on with cmd would read
			// the literal again, beside the client's own reader.
			<-s.imap.Closed()
			return err
		}
		take(m, header)
	}
	return cmd.Close()
}

// collect takes in what the server says of one mail, and returns its header, or
// nil without one. What is longer than was asked for is passed over.
func (m *Message) collect(data *imapclient.FetchMessageData) (header []byte, err error) {
	for item := data.Next(); item != nil; item = data.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			m.UID = uint32(item.UID)
		case imapclient.FetchItemDataInternalDate:
			m.Received = item.Time.UTC()
		case imapclient.FetchItemDataRFC822Size:
			m.Size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			if header, err = io.ReadAll(io.LimitReader(item.Literal, mostHeader)); err != nil {
				return nil, err
			}
		}
	}
	return header, nil
}
