package projections

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// Spaces keeps the overview of an organization's spaces.
type Spaces struct{}

// Tables implements Projection.
func (Spaces) Tables() []string { return []string{"spaces", "space_users", "space_deletions"} }

// Concerns implements Projection.
func (Spaces) Concerns(s domain.Stream) bool {
	return s.Category() == "space" || s.Category() == "organization"
}

// Project implements Projection.
func (Spaces) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		_, id := r.Stream.Parts()
		switch e := r.Event.(type) {
		case space.Created:
			b.Queue(`INSERT INTO spaces (id, organization, name, name_folded, created) VALUES ($1, $2, $3, $4, $5)`,
				id, e.Organization, e.Name, domain.Fold(e.Name), r.At)
		case organization.SpaceOpened:
			b.Queue(`UPDATE spaces SET opened = true WHERE id = $1`, e.Space)
		case space.UserAssigned:
			assign(&b, id, space.Assign(e))
			b.Queue(countUsers, id)
		case space.Edited:
			if e.Name != "" {
				b.Queue(`UPDATE spaces SET name = $2, name_folded = $3 WHERE id = $1`, id, e.Name, domain.Fold(e.Name))
			}
			for _, u := range e.Assigned {
				assign(&b, id, u)
			}
			b.Queue(`DELETE FROM space_users WHERE space = $1 AND user_id = ANY ($2)`, id, e.Unassigned)
			b.Queue(countUsers, id)
		case space.UserUnassigned:
			b.Queue(`DELETE FROM space_users WHERE space = $1 AND user_id = $2`, id, e.User)
			b.Queue(countUsers, id)
		default:
			projectDeletion(&b, r)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

func assign(b *pgx.Batch, id string, u space.Assign) {
	b.Queue(`
		INSERT INTO space_users VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (space, user_id) DO UPDATE SET role = $3, no_export = $4, no_deletion = $5`, id, u.User, u.Role, u.NoExport, u.NoDeletion)
}

const countUsers = `UPDATE spaces SET users = (SELECT count(*) FROM space_users WHERE space = $1) WHERE id = $1`

// Space is a space as the overview shows it.
type Space struct {
	ID       space.ID  `json:"id"`
	Name     string    `json:"name"`
	Users    int       `json:"users" doc:"Users assigned to the space"`
	Contacts int64     `json:"contacts" doc:"Contacts the space uses up; an absorbed contact does not count"`
	Created  time.Time `json:"created" doc:"When the space was added"`
}

// ListSpaces lists the spaces of an organization whose names contain search, by
// name. It returns the cursor of the next page, empty on the last one.
func ListSpaces(ctx context.Context, db DB, of organization.ID, search, cursor string, limit int) ([]Space, string, error) {
	after, err := openCursor(cursor, "spaces", string(of), search)
	if err != nil {
		return nil, "", err
	}
	if search != "" && domain.Fold(search) == "" {
		return []Space{}, "", nil // it asks for letters that no name has
	}
	rows, err := db.Query(ctx, `
		SELECT id, name, users, coalesce(c.contacts, 0) AS contacts, created
		FROM spaces s LEFT JOIN contact_spaces c ON c.space = s.id
		WHERE organization = $1 AND opened AND strpos(name_folded, $2) > 0 AND (left(name_folded, 200), id) > ($3, $4)
		ORDER BY left(name_folded, 200), id LIMIT $5`, of, domain.Fold(search), after.Key, after.ID, limit+1)
	if err != nil {
		return nil, "", err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Space])
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], cursorAt{firstRunes(domain.Fold(last.Name), 200), string(last.ID)}.seal("spaces", string(of), search), nil
}

// firstRunes is at most the first n letters of text.
func firstRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

// SpaceSeen is what is counted of a space.
type SpaceSeen struct {
	Space
	TurnedAway int64 `json:"turned_away" doc:"Messages from unknown senders that wait for room in the space (C0-22)"`
}

// OneSpace is one space of an organization.
func OneSpace(ctx context.Context, db DB, of organization.ID, id space.ID) (SpaceSeen, error) {
	rows, err := db.Query(ctx, `
		SELECT id, name, users, coalesce(c.contacts, 0) AS contacts, created,
			(SELECT coalesce(sum(turned_away), 0)::bigint FROM mailbox_folders f WHERE f.space = s.id)
				+ (SELECT coalesce(sum(waiting), 0)::bigint FROM intakes i WHERE i.space = s.id) AS turned_away
		FROM spaces s LEFT JOIN contact_spaces c ON c.space = s.id
		WHERE organization = $1 AND opened AND id = $2`, of, id)
	if err != nil {
		return SpaceSeen{}, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[SpaceSeen])
	if errors.Is(err, pgx.ErrNoRows) {
		err = space.ErrUnknown
	}
	return s, err
}
