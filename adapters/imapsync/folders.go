package imapsync

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Folder is a folder of a mailbox as its server tells of it.
type Folder struct {
	Path       string `json:"path"`      // the whole path, decoded: "Kunden/Müller"
	Delimiter  string `json:"delimiter"` // between the parts of the path; "" when there are none
	Use        Use    `json:"use"`
	Selectable bool   `json:"selectable"` // false for what only holds other folders (D4-7)
	Messages   uint32 `json:"messages"`   // 0 also when the server does not say
}

// What a list of folders may hold.
const (
	mostFolders  = 5000
	mostCounted  = 200     // folders that are counted one by one
	mostListings = 4 << 20 // bytes
)

// Folders lists the folders, in the order of the server.
func (s *Session) Folders(ctx context.Context) ([]Folder, error) {
	var listed []*imap.ListData
	err := s.do(ctx, mostListings, func() error {
		cmd := s.imap.List("", "*", s.listing())
		for f := cmd.Next(); f != nil; f = cmd.Next() {
			if listed = append(listed, f); len(listed) > mostFolders {
				s.wire.Close()
				cmd.Close()
				return fault(Broken, "The mailbox has more than %d folders.", mostFolders)
			}
		}
		return cmd.Close()
	})
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return nil, refusal(no, NoFolder, "The server does not list its folders", s.account.forms()...)
	}
	if err != nil {
		return nil, err
	}
	folders := make([]Folder, len(listed))
	for i, f := range listed {
		folders[i] = folder(f)
	}
	guessUses(folders)
	return folders, s.count(ctx, folders)
}

// listing asks for special uses and counts where the server can tell them along.
func (s *Session) listing() *imap.ListOptions {
	can := s.imap.Caps()
	if !can.Has(imap.CapListExtended) && !can.Has(imap.CapIMAP4rev2) {
		return nil
	}
	options := &imap.ListOptions{ReturnSpecialUse: can.Has(imap.CapSpecialUse)}
	if can.Has(imap.CapListStatus) || can.Has(imap.CapIMAP4rev2) {
		options.ReturnStatus = &imap.StatusOptions{NumMessages: true}
	}
	return options
}

func folder(f *imap.ListData) Folder {
	is := Folder{Path: f.Mailbox, Use: useOf(f)}
	if f.Delim != 0 {
		is.Delimiter = string(f.Delim)
	}
	is.Selectable = !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(f.Attrs, imap.MailboxAttrNonExistent)
	if f.Status != nil && f.Status.NumMessages != nil {
		is.Messages = *f.Status.NumMessages
	}
	return is
}

// count asks for the messages of each folder where the list did not tell. A
// folder that the server does not count has none.
func (s *Session) count(ctx context.Context, folders []Folder) error {
	if told := s.listing(); told != nil && told.ReturnStatus != nil {
		return nil
	}
	for i, f := range folders[:min(len(folders), mostCounted)] {
		if !f.Selectable {
			continue
		}
		err := s.do(ctx, mostReply, func() error {
			status, err := s.imap.Status(f.Path, &imap.StatusOptions{NumMessages: true}).Wait()
			if err == nil && status.NumMessages != nil {
				folders[i].Messages = *status.NumMessages
			}
			return err
		})
		if _, no := errors.AsType[*imap.Error](err); err != nil && !no {
			return err
		}
	}
	return nil
}
