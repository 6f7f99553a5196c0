package projections

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Interaction is something that was said or done between a contact and its space.
type Interaction struct {
	Position domain.Position `json:"position"`
	At       time.Time       `json:"at" doc:"When it happened"`
	Kind     string          `json:"kind" enum:"message_received,message_sent,commented,event_noted,opened,closed,reopened"`
	Ref      contact.Ref     `json:"ref,omitempty" doc:"Its name for ever, by which it can be taken over" example:"message 5f0c"`
	Contact  contact.ID      `json:"contact" doc:"Whose it is: the contact, or one that was merged into it"`
	Recorded contact.ID      `json:"recorded_with" doc:"In whose conversation it was recorded"`
	Channel  string          `json:"channel,omitempty"`
	Identity string          `json:"identity,omitempty" doc:"By which it came or went"`
	Way      contact.Way     `json:"way,omitempty" enum:"incoming,outgoing,done" doc:"From the contact, to it, or done by it elsewhere; none: neither"`
	By       domain.Actor    `json:"by" doc:"Who recorded it"`
	Data     json.RawMessage `json:"data" doc:"The event itself"`
}

// InteractionKinds are the kinds there are.
var InteractionKinds = []string{"message_received", "message_sent", "commented", "event_noted", "opened", "closed", "reopened"}

// InteractionList asks for a page of what was said and done with a contact.
type InteractionList struct {
	In     space.ID
	Of     contact.ID
	Kinds  []string // empty: all
	Oldest bool     // first; else the newest
	Cursor string   // empty: the first page
	Limit  int
}

// Interactions lists what was said and done with a contact and all that it consists of,
// in the order in which it happened (C2-12, C2-63 to C2-66). It returns the cursor of
// the next page, empty on the last one, which stays good when contacts are merged or
// taken out meanwhile. A contact that does not stand is refused as by [OneContact].
//
// Each contact's interactions are read in their order from the index, no more of each
// than the page has room for, and no text but that of the page.
func Interactions(ctx context.Context, db DB, q InteractionList) ([]Interaction, string, error) {
	of := []string{"interactions", string(q.In), string(q.Of), strings.Join(q.Kinds, ","), strconv.FormatBool(q.Oldest)}
	after, err := openCursor(q.Cursor, of...)
	if err != nil {
		return nil, "", err
	}
	if err := standing(ctx, db, q.In, q.Of); err != nil {
		return nil, "", err
	}
	args, beyond := []any{q.In, q.Of, q.Limit + 1}, "true"
	sign, down := "<", "DESC"
	if q.Oldest {
		sign, down = ">", ""
	}
	if q.Cursor != "" {
		at, position, err := interactionAt(after)
		if err != nil {
			return nil, "", err
		}
		args, beyond = append(args, at, position), "(at, position) "+sign+" ($4, $5)"
	}
	if len(q.Kinds) > 0 {
		args = append(args, q.Kinds)
		beyond += " AND kind = ANY ($" + strconv.Itoa(len(args)) + ")"
	}
	rows, err := db.Query(ctx, `
		WITH RECURSIVE family AS (
			SELECT $2::text COLLATE "C" AS id
			UNION
			SELECT s.id FROM family CROSS JOIN LATERAL (
				SELECT id FROM contact_stories s WHERE s.space = $1 AND s.into_id = family.id OFFSET 0
			) AS s
		), page AS MATERIALIZED (
			SELECT i.* FROM family CROSS JOIN LATERAL (
				SELECT owner, at, position FROM interactions i
				WHERE space = $1 AND owner = family.id AND `+beyond+`
				ORDER BY at `+down+`, position `+down+` LIMIT $3
			) AS i
			ORDER BY at `+down+`, position `+down+` LIMIT $3
		)
		SELECT i.* FROM page p CROSS JOIN LATERAL (
			SELECT position, at, kind, ref, owner AS contact, recorded, channel, identity, way, actor AS by, data
			FROM interactions i WHERE space = $1 AND i.owner = p.owner AND i.at = p.at AND i.position = p.position OFFSET 0
		) AS i
		ORDER BY p.at `+down+`, p.position `+down, args...)
	if err != nil {
		return nil, "", err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Interaction])
	if err != nil || len(list) <= q.Limit {
		return list, "", err
	}
	list = list[:q.Limit]
	last := list[q.Limit-1]
	next := cursorAt{last.At.UTC().Format(space.TimeShape), strconv.FormatUint(uint64(last.Position), 10)}
	return list, next.seal(of...), nil
}

// interactionAt is the interaction that a cursor stands for. Cursors come from clients:
// what cannot be one is refused.
func interactionAt(c cursorAt) (at time.Time, position int64, err error) {
	at, err = time.Parse(space.TimeShape, c.Key)
	if err == nil {
		position, err = strconv.ParseInt(c.ID, 10, 64)
	}
	if err != nil {
		return at, 0, errCursor.Where("/cursor")
	}
	return at, position, nil
}

// standing refuses a contact that does not stand as [OneContact] does.
func standing(ctx context.Context, db DB, in space.ID, id contact.ID) error {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE up AS (
			SELECT id, into_id, story FROM contact_stories WHERE space = $1 AND id = $2
			UNION ALL
			SELECT s.id, s.into_id, s.story FROM up JOIN contact_stories s ON s.space = $1 AND s.id = up.into_id
		)
		SELECT id, (story ->> 'created')::timestamptz AS created, coalesce((story ->> 'deleted')::bigint, 0) AS deleted FROM up`, in, id)
	if err != nil {
		return err
	}
	type one struct {
		ID      contact.ID
		Created time.Time
		Deleted domain.Position
	}
	up, err := pgx.CollectRows(rows, pgx.RowToStructByName[one])
	switch {
	case err != nil:
		return err
	case len(up) == 0:
		return contact.ErrUnknown
	}
	c := contact.Contact{Created: up[0].Created, Deleted: up[0].Deleted}
	if root := up[len(up)-1]; root.ID != id && root.Deleted == 0 {
		c.Merge.Into = root.ID
	}
	return c.Standing()
}
