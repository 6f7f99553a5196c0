package imapsync

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// examine opens folder for reading only, so that not even \Recent changes (D4-8).
func (s *Session) examine(ctx context.Context, folder string) (*imap.SelectData, error) {
	var at *imap.SelectData
	err := s.do(ctx, mostReply, func() (err error) {
		at, err = s.imap.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return nil, refusal(no, NoFolder, "The folder "+clean(folder, 200)+" cannot be opened", s.account.forms()...)
	}
	return at, err
}

// lowest is the first UID of the folder, or 0 if there is none. Some servers
// begin to count at a billion. Asking for the first mail by its place is safe:
// should another have that place meanwhile, those before it are gone.
func (s *Session) lowest(ctx context.Context) (imap.UID, error) {
	var uid imap.UID
	err := s.do(ctx, mostReply, func() error {
		return s.gather(s.imap.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{UID: true}), func(m Message, _ []byte) {
			uid = imap.UID(m.UID)
		})
	})
	if _, no := errors.AsType[*imap.Error](err); no {
		return 0, nil
	}
	return uid, err
}

// search lists the UIDs between low and high, ascending and each once, whatever
// order the server has them in. The answer is never expanded beyond what was
// asked for: a server may claim any range. Asked for a UID above all it has, a
// server may tell its highest; that one is not among them (D4-2).
func (s *Session) search(ctx context.Context, low, high imap.UID) ([]imap.UID, error) {
	var found imap.UIDSet
	err := s.do(ctx, mostReply, func() error {
		within := imap.UIDSet{{Start: low, Stop: high}}
		data, err := s.imap.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{within}}, nil).Wait()
		if err == nil {
			found, _ = data.All.(imap.UIDSet)
		}
		return err
	})
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return nil, refusal(no, Broken, "The server cannot list the mail", s.account.forms()...)
	}
	if err != nil {
		return nil, err
	}
	var uids []imap.UID
	for _, r := range found {
		for uid := uint64(max(r.Start, low)); uid <= uint64(min(r.Stop, high)); uid++ {
			if len(uids) == mostListed {
				return nil, errTooMuch
			}
			uids = append(uids, imap.UID(uid))
		}
	}
	return uids, nil
}
