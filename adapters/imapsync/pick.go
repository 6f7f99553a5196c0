package imapsync

import (
	"context"
	"iter"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Pick is Read for the mail of folder with the UIDs, which mean something only as
// long as the folder has that UIDVALIDITY: nothing is yielded of one that was made
// anew, and nothing that is not there any more.
func (s *Session) Pick(ctx context.Context, folder string, validity uint32, uids []uint32) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		at, err := s.examine(ctx, folder)
		if err != nil {
			yield(Message{}, err)
			return
		}
		if at.UIDValidity != validity || at.NumMessages == 0 {
			return
		}
		wanted := make([]imap.UID, len(uids))
		for i, uid := range uids {
			wanted[i] = imap.UID(uid)
		}
		slices.Sort(wanted)
		for chunk := range slices.Chunk(slices.Compact(wanted), mostFetched) {
			messages, err := s.fetch(ctx, validity, chunk)
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
