package projections

import (
	"context"

	"skein/domain/contact"
	"skein/domain/space"
)

// InteractionCount is how many interactions contacts have, by what they are.
type InteractionCount struct {
	Messages int64 `json:"messages"`
	Comments int64 `json:"comments"`
	Events   int64 `json:"events"`
}

// CountInteractions counts what is recorded of contacts, each for itself.
func CountInteractions(ctx context.Context, db DB, in space.ID, ids []contact.ID) (n InteractionCount, err error) {
	err = db.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE kind IN ('message_received', 'message_sent')),
			count(*) FILTER (WHERE kind = 'commented'), count(*) FILTER (WHERE kind = 'event_noted')
		FROM interactions WHERE space = $1 AND owner = ANY ($2)`, in, ids).Scan(&n.Messages, &n.Comments, &n.Events)
	return n, err
}
