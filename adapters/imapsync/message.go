package imapsync

import (
	"fmt"
	"strings"
	"time"
)

// Message is what the header of one mail says. Whatever is wrong with the mail,
// there is a Message for it (D4-6): what could not be read is empty, and Problem
// says why.
type Message struct {
	// Cursor is where the mail lies: storing it after the mail is dealt with is
	// all it takes to go on from here.
	Cursor

	MessageID  string    // without angle brackets; "" when there is none
	Hash       string    // names the mail wherever else it lies, see identify
	From       Address   // who wrote it; From alone says so (D4-12)
	Sender     Address   // who sent it on behalf of From, if anybody
	ReplyTo    []Address // where answers are wanted: a hint, not an identity (D4-12)
	To, Cc     []Address
	Subject    string    // one line
	Date       time.Time // as the writer has it, in UTC; zero when it cannot be read
	Received   time.Time // as the server has it, in UTC
	InReplyTo  []string  // ids of messages
	References []string  // ids of messages, the oldest first
	List       string    // the List-Id (RFC 2919), when a list sent it
	Size       int64     // bytes of the whole mail, as the server counts
	Auto       Auto
	AutoBy     string // the header that made it Auto, for the log of reasons
	Problem    string // what could not be read, for people; "" when all could
}

// What is kept of a header. The rest is left out, and Problem says so where
// somebody could miss it.
const (
	mostRecipients = 1000 // of To, and of Cc
	mostIDs        = 200  // of References: the newest
	mostSubject    = 1000 // letters
)

// read fills m in from the bytes of a header. It does not fail: a header that
// nobody can read leaves m with a Problem.
func (m *Message) read(raw []byte) {
	defer func() {
		if r := recover(); r != nil {
			m.unread("The header cannot be read.")
		}
	}()
	h, garbage := parseHeader(raw)
	truncated := len(raw) >= mostHeader
	m.Hash = identify(h, raw, m.Size)
	m.MessageID = first(ids(h.text("message-id")))
	m.Sender = first(addresses(h.text("sender"), 1))
	m.From = first(addresses(h.text("from"), 1))
	if m.From.Email == "" {
		m.From.Email = m.Sender.Email
	}
	m.ReplyTo = addresses(h.text("reply-to"), mostRecipients)
	m.To = addresses(h.text("to"), mostRecipients)
	m.Cc = addresses(h.text("cc"), mostRecipients)
	m.Subject = clean(decode(h.text("subject")), mostSubject)
	m.Date = date(h.text("date"))
	m.InReplyTo = ids(h.text("in-reply-to"))
	m.References = ids(h.text("references"))
	m.InReplyTo = m.InReplyTo[:min(len(m.InReplyTo), mostIDs)]
	m.References = m.References[max(0, len(m.References)-mostIDs):]
	m.List = clean(strings.Trim(last(h.text("list-id"), "<"), "<> "), mostSubject)
	m.Auto, m.AutoBy = automatic(h, m.From.Email)
	m.Problem = problem(m, garbage, truncated)
}

// unread leaves m with what is known without its header. Its Hash can only say
// where it lies.
func (m *Message) unread(why string) {
	place := fmt.Sprint(m.UIDValidity, m.UID, m.Received.UnixNano())
	*m = Message{Cursor: m.Cursor, Received: m.Received, Size: m.Size, Hash: identify(nil, []byte(place), m.Size), Problem: why}
}

func problem(m *Message, garbage int, truncated bool) string {
	switch {
	case truncated:
		return fmt.Sprintf("The header is longer than %d KiB; the rest was not read.", mostHeader>>10)
	case m.From.Email == "":
		return "The mail names no sender."
	case garbage > 0:
		return fmt.Sprintf("%d lines of the header belong to no field.", garbage)
	}
	return ""
}

func first[T any](all []T) (t T) {
	if len(all) > 0 {
		t = all[0]
	}
	return t
}

// last is what follows the last sep in s, sep with it.
func last(s, sep string) string { return s[max(0, strings.LastIndex(s, sep)):] }
