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

// UserSpace is a space that a user was let into.
type UserSpace struct {
	MySpace
	NoExport   bool `json:"no_export,omitempty" doc:"Exporting contacts is withheld"`
	NoDeletion bool `json:"no_deletion,omitempty" doc:"Deleting contacts is withheld"`
}

// SpacesOf lists the spaces of an organization that a user was let into, by name,
// whatever they are in the organization (C0-18).
func SpacesOf(ctx context.Context, db DB, of organization.ID, user organization.UserID) ([]UserSpace, error) {
	rows, err := db.Query(ctx, `
		SELECT id, name, role, no_export, no_deletion
		FROM spaces s JOIN space_users u ON u.space = s.id AND u.user_id = $2
		WHERE organization = $1 AND opened ORDER BY name_folded, id`, of, user)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[UserSpace])
}
