package projections

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/domain/space"
)

// Credentials keeps the credentials of users and spaces, without their secrets.
type Credentials struct{}

// Tables implements Projection. When a credential was used is not in the journal,
// so it is kept elsewhere.
func (Credentials) Tables() []string { return []string{"credentials"} }

// Concerns implements Projection.
func (Credentials) Concerns(s domain.Stream) bool { return s.Category() == "credential" }

// Project implements Projection.
func (Credentials) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		_, id := r.Stream.Parts()
		switch e := r.Event.(type) {
		case credential.Issued:
			b.Queue(`
				INSERT INTO credentials (id, organization, holder, space, role, label, created, expires)
				VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6, $7, $8)`,
				id, e.Organization, e.Holder, string(e.Space), string(e.Role), e.Label, r.At, unlessZero(e.Expires))
		case credential.Rotated:
			b.Queue(`UPDATE credentials SET rotated = $2, old_until = $3 WHERE id = $1`, id, r.At, e.OldUntil)
		case credential.Revoked:
			b.Queue(`UPDATE credentials SET revoked = $2 WHERE id = $1`, id, r.At)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Credential is a credential as it is listed. There is no more to be seen of its
// secret than that it has one.
type Credential struct {
	ID       credential.ID `json:"id" doc:"By which it is rotated and revoked; it is no secret"`
	Prefix   string        `json:"prefix" db:"-" doc:"How the token begins, up to its secret part; it is no secret" example:"skn_0199dead00007000a000000000000001"`
	Label    string        `json:"label"`
	Role     *space.Role   `json:"role,omitempty" doc:"In its space; a user's token has none of its own, and acts in the roles of the user"`
	Created  time.Time     `json:"created"`
	Expires  *time.Time    `json:"expires,omitempty" doc:"From when on it opens nothing; none: it does not expire"`
	LastUsed *time.Time    `json:"last_used,omitempty" doc:"Of late: what was used within the last minute may show it a minute later, and not at all if the process was killed"`
	Rotated  *time.Time    `json:"rotated,omitempty" doc:"When it got its present secret, if that is not its first"`
	OldUntil *time.Time    `json:"old_until,omitempty" doc:"How long its secret before that is good"`
	Revoked  *time.Time    `json:"revoked,omitempty"`
}

// CredentialsOf lists the credentials of a space by id, a page that begins after a
// cursor. It returns the cursor of the next page, empty on the last one.
func CredentialsOf(ctx context.Context, db DB, in space.ID, cursor string, limit int) ([]Credential, string, error) {
	return credentials(ctx, db, `space = $3`, []string{"credentials", string(in)}, cursor, limit, in)
}

// TokensOf lists what proves somebody in an organization, as CredentialsOf does
// what opens a space.
func TokensOf(ctx context.Context, db DB, of organization.ID, holder domain.Actor, cursor string, limit int) ([]Credential, string, error) {
	return credentials(ctx, db, `organization = $3 AND holder = $4`, []string{"tokens", string(of), string(holder)}, cursor, limit, of, holder)
}

func credentials(ctx context.Context, db DB, those string, list []string, cursor string, limit int, args ...any) ([]Credential, string, error) {
	after, err := openCursor(cursor, list...)
	if err != nil {
		return nil, "", err
	}
	rows, err := db.Query(ctx, `
		SELECT id, label, role, created, expires, used AS last_used, rotated, old_until, revoked
		FROM credentials c LEFT JOIN credential_uses u ON u.credential = c.id
		WHERE id > $1 AND `+those+` ORDER BY id LIMIT $2`, append([]any{after.ID, limit + 1}, args...)...)
	if err != nil {
		return nil, "", err
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Credential])
	if err != nil {
		return nil, "", err
	}
	for i, c := range all {
		all[i].Prefix = "skn_" + strings.ReplaceAll(string(c.ID), "-", "")
	}
	if len(all) <= limit {
		return all, "", nil
	}
	return all[:limit], cursorAt{ID: string(all[limit-1].ID)}.seal(list...), nil
}
