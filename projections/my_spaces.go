package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/organization"
	"skein/domain/space"
)

// MySpace is a space as somebody sees it who may enter it.
type MySpace struct {
	ID   space.ID   `json:"id"`
	Name string     `json:"name"`
	Role space.Role `json:"role" doc:"What one is in the space"`
}

// MySpaces lists the spaces of an organization that a user with a role there may
// enter, the first 1,000 by name (C1-6). Whoever administers the organization
// enters each of them as an owner.
func MySpaces(ctx context.Context, db DB, of organization.ID, user organization.UserID, role organization.Role) ([]MySpace, error) {
	rows, err := db.Query(ctx, `
		SELECT id, name, CASE WHEN $3 THEN $4 ELSE u.role END AS role
		FROM spaces s LEFT JOIN space_users u ON u.space = s.id AND u.user_id = $2
		WHERE organization = $1 AND opened AND ($3 OR u.role IS NOT NULL)
		ORDER BY name_folded, id LIMIT 1000`, of, user, role == organization.Admin, space.Owner)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[MySpace])
}
