package imapsync

import (
	"context"
	"iter"
	"math"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Cursor is a place in a folder: the last UID that was dealt with, which means
// something only together with the folder's UIDVALIDITY (RFC 9051 §2.3.1.1).
// There is one for each folder, never one for a mailbox (D4-1). The zero Cursor
// stands before the first mail.
type Cursor struct {
	UIDValidity uint32 `json:"uid_validity"`
	UID         uint32 `json:"uid"`
}

// How a folder is searched. One with more mail than span is searched in windows
// of that many UIDs, few enough that all of them fit in one line; it is given up
// when too many windows in a row are empty: 64 million UIDs.
const (
	span      = 16 << 10
	mostEmpty = 4 << 10
)

// Read yields the mail of folder that lies after the cursor, oldest first, and
// marks nothing as seen (D4-8). It ends with the mail that was there when it
// began; what arrives meanwhile is for the next time. Memory does not grow with
// the folder.
//
// Each Message carries the Cursor to go on from. When its UIDVALIDITY is not
// that of after, the folder was made anew: everything in it is yielded, and
// those who know a mail by its Hash know it again (D4-2). A folder whose server
// tells no UIDVALIDITY has 0 for it.
//
// An error is yielded last, with a zero Message. It is an *Error, or wraps that
// of a context that ended; unless its reason is NoFolder the session is over.
func (s *Session) Read(ctx context.Context, folder string, after Cursor) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		at, err := s.examine(ctx, folder)
		if err != nil {
			yield(Message{}, err)
			return
		}
		from := uint64(1) // a UID is never 0, and 0:* is never sent
		if after.UIDValidity == at.UIDValidity {
			from = uint64(after.UID) + 1
		}
		if at.NumMessages > span {
			lowest, err := s.lowest(ctx)
			if err != nil {
				yield(Message{}, err)
				return
			}
			from = max(from, uint64(lowest))
		}
		empty := 0
		for low, high := range windows(from, at) {
			uids, err := s.search(ctx, low, high)
			if empty++; len(uids) > 0 {
				empty = 0
			}
			if err == nil && empty > mostEmpty {
				err = fault(Broken, "The mail in the folder is too scattered to be found.")
			}
			if err != nil {
				yield(Message{}, err)
				return
			}
			for chunk := range slices.Chunk(uids, mostFetched) {
				messages, err := s.fetch(ctx, at.UIDValidity, chunk)
				if err != nil {
					yield(Message{}, err)
					return
				}
				for _, m := range messages {
					if !yield(m, nil) {
						return
					}
				}
			}
		}
	}
}

// windows divides the UIDs from a first one up to what the folder has. A small
// folder is one window, however far apart its UIDs are.
func windows(from uint64, at *imap.SelectData) iter.Seq2[imap.UID, imap.UID] {
	return func(yield func(low, high imap.UID) bool) {
		end := uint64(math.MaxUint32)
		if at.UIDNext > 0 { // an old server need not tell it
			end = uint64(at.UIDNext) - 1
		}
		step := end
		if at.NumMessages > span {
			step = span
		}
		for low := from; low <= end && at.NumMessages > 0; low += step {
			if !yield(imap.UID(low), imap.UID(min(low+step-1, end))) {
				return
			}
		}
	}
}
