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
func (Spaces) Tables() []string { return []string{"spaces", "space_users"} }

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
			b.Queue(`INSERT INTO space_users VALUES ($1, $2, $3) ON CONFLICT (space, user_id) DO UPDATE SET role = $3`, id, e.User, e.Role)
			b.Queue(countUsers, id)
		case space.UserUnassigned:
			b.Queue(`DELETE FROM space_users WHERE space = $1 AND user_id = $2`, id, e.User)
			b.Queue(countUsers, id)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
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

// SpaceUser is somebody who is in a space.
type SpaceUser struct {
	User space.UserID `json:"user"`
	Role space.Role   `json:"role"`
}

// FullSpace is a space with all that is known of it.
type FullSpace struct {
	Space
	Members []SpaceUser `json:"members"`
}

// OneSpace is one space of an organization.
func OneSpace(ctx context.Context, db DB, of organization.ID, id space.ID) (FullSpace, error) {
	rows, err := db.Query(ctx, `
		SELECT id, name, users, coalesce(c.contacts, 0) AS contacts, created
		FROM spaces s LEFT JOIN contact_spaces c ON c.space = s.id
		WHERE organization = $1 AND opened AND id = $2`, of, id)
	if err != nil {
		return FullSpace{}, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Space])
	if errors.Is(err, pgx.ErrNoRows) {
		return FullSpace{}, space.ErrUnknown
	}
	if err != nil {
		return FullSpace{}, err
	}
	rows, err = db.Query(ctx, `SELECT user_id, role FROM space_users WHERE space = $1 ORDER BY user_id`, id)
	if err != nil {
		return FullSpace{}, err
	}
	members, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SpaceUser])
	return FullSpace{s, members}, err
}
