package httpapi

import (
	"context"

	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

type lineage struct{ Body projections.Kinship }

func (a *API) readLineage(ctx context.Context, in *struct {
	InContact
	Since
},
) (*lineage, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "contacts")
	if err != nil {
		return nil, err
	}
	kin, err := projections.LineageTree(ctx, a.DB, room.ID, issued(in.Contact))
	if err == nil && len(kin.Trees) == 1 && kin.Trees[0].State == projections.IsUnknown {
		err = contact.ErrUnknown
	}
	return &lineage{kin}, err
}
