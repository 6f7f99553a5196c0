package projections

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/mailbox"
	"skein/domain/space"
)

// Mailboxes keeps the mailboxes of spaces and how far they were read, and what other
// messages wait for room in a space.
type Mailboxes struct{}

// Tables implements Projection.
func (Mailboxes) Tables() []string { return []string{"mailboxes", "mailbox_folders", "intakes"} }

// Concerns implements Projection.
func (Mailboxes) Concerns(s domain.Stream) bool {
	return s.Category() == "mailbox" || s.Category() == "intake"
}

// Project implements Projection.
func (Mailboxes) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		key := mailbox.KeyOf(r.Stream)
		switch e := r.Event.(type) {
		case mailbox.Connected:
			b.Queue(`INSERT INTO mailboxes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				key.Space, key.ID, e.Name, e.Account.Host, e.Account.Port, e.Account.Security, e.Account.User, append([]mailbox.Folder{}, e.Folders...), r.At)
		case mailbox.FolderRead:
			b.Queue(`
				INSERT INTO mailbox_folders AS f VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (space, mailbox, folder) DO UPDATE SET uid = excluded.uid, messages = f.messages + excluded.messages,
					senders = f.senders + excluded.senders, skipped = f.skipped + excluded.skipped, read = excluded.read`,
				key.Space, key.ID, e.Folder, int64(e.Cursor.UID), e.Messages, e.Senders, e.Skipped, r.At)
		case mailbox.MailTurnedAway:
			b.Queue(`
				INSERT INTO mailbox_folders AS f VALUES ($1, $2, $3, 0, 0, 0, 0, $4, $5)
				ON CONFLICT (space, mailbox, folder) DO UPDATE SET turned_away = f.turned_away + excluded.turned_away`,
				key.Space, key.ID, e.Folder, r.At, len(e.UIDs))
		case mailbox.MailTakenUp:
			b.Queue(`
				UPDATE mailbox_folders SET turned_away = turned_away - $4, senders = senders + $5, skipped = skipped + $6
				WHERE space = $1 AND mailbox = $2 AND folder = $3`,
				key.Space, key.ID, e.Folder, len(e.UIDs), e.Senders, e.Skipped)
		default:
			projectIntake(&b, r)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// Mailbox is a mailbox of a space. Its password is nowhere to be seen.
type Mailbox struct {
	ID        mailbox.ID       `json:"id"`
	Name      string           `json:"name"`
	Host      string           `json:"host"`
	Port      int              `json:"port"`
	Security  mailbox.Security `json:"security"`
	User      string           `json:"user"`
	Folders   []mailbox.Folder `json:"folders"`
	Connected time.Time        `json:"connected"`
	Read      []FolderRead     `json:"read" doc:"What was read of it so far"`
}

// FolderRead is how far a folder of a mailbox was read.
type FolderRead struct {
	Folder     string    `json:"folder"`
	Messages   int64     `json:"messages" doc:"Mails read"`
	Senders    int64     `json:"senders" doc:"Of them, those whose sender became or met a contact"`
	Skipped    int64     `json:"skipped" doc:"Of them, those that name nobody, such as machine mail"`
	TurnedAway int64     `json:"turned_away" doc:"Of them, those from somebody unknown while the space was full: they are read again when there is room (C0-22)"`
	At         time.Time `json:"at"`
}

const mailboxColumns = `
	SELECT id, name, host, port, security, user_name AS "user", folders, connected, coalesce((
		SELECT json_agg(json_build_object('folder', folder, 'messages', messages, 'senders', senders, 'skipped', skipped, 'turned_away', turned_away, 'at', read) ORDER BY folder)
		FROM mailbox_folders f WHERE f.space = m.space AND f.mailbox = m.id), '[]') AS read
	FROM mailboxes m`

// ListMailboxes lists the mailboxes of a space by name.
func ListMailboxes(ctx context.Context, db DB, in space.ID) ([]Mailbox, error) {
	rows, err := db.Query(ctx, mailboxColumns+` WHERE space = $1 ORDER BY name, id`, in)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Mailbox])
}

// OneMailbox is one mailbox of a space.
func OneMailbox(ctx context.Context, db DB, in space.ID, id mailbox.ID) (Mailbox, error) {
	rows, err := db.Query(ctx, mailboxColumns+` WHERE space = $1 AND id = $2`, in, id)
	if err != nil {
		return Mailbox{}, err
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Mailbox])
	if errors.Is(err, pgx.ErrNoRows) {
		err = mailbox.ErrUnknown
	}
	return m, err
}

// UnreadMailboxes lists the mailboxes whose INBOX was never read: a list of what
// is to be done.
func UnreadMailboxes(ctx context.Context, db DB) ([]mailbox.Key, error) {
	rows, err := db.Query(ctx, `
		SELECT space, id FROM mailboxes m
		WHERE NOT EXISTS (SELECT FROM mailbox_folders f WHERE f.space = m.space AND f.mailbox = m.id AND upper(f.folder) = 'INBOX')
		ORDER BY connected`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[mailbox.Key])
}

// Waiting is a mailbox with mail in its INBOX that was turned away.
type Waiting struct {
	Mailbox  mailbox.Key
	Contacts int // of its space
}

// WaitingMail lists the mailboxes with mail in their INBOX that was turned away:
// what is to be done where there is room now.
func WaitingMail(ctx context.Context, db DB) ([]Waiting, error) {
	rows, err := db.Query(ctx, `
		SELECT f.space, f.mailbox, coalesce(c.contacts, 0)
		FROM mailbox_folders f LEFT JOIN contact_spaces c ON c.space = f.space
		WHERE f.turned_away > 0 AND upper(f.folder) = 'INBOX' ORDER BY f.read`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Waiting, err error) {
		return w, row.Scan(&w.Mailbox.Space, &w.Mailbox.ID, &w.Contacts)
	})
}
