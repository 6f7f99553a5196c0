package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
)

// MergePreview is what a merge would make of two contacts.
type MergePreview struct {
	contact.Preview
	Distinct bool   // they are known to be two, so whoever merges them is warned (D1-20)
	Token    string // by which exactly this is done; none, while something has to be chosen
}

// PreviewMerge tells what a merge would make of two contacts, and does nothing (C2-59).
func (h *Handler) PreviewMerge(ctx context.Context, in Room, survivor, absorbed contact.ID, cmd contact.Absorb) (MergePreview, error) {
	both, err := h.family(ctx, in, survivor, absorbed)
	if err != nil {
		return MergePreview{}, err
	}
	cmd.Self, cmd.Into, cmd.Space, cmd.Survivor = absorbed, survivor, in.Space, both.Own(survivor)
	decided, err := contact.Decide(both.Own(absorbed), cmd)
	if err == nil && len(decided) == 0 {
		err = contact.ErrMerged
	}
	if err != nil {
		return MergePreview{}, h.leadsToEither(ctx, in, survivor, absorbed, err)
	}
	var p MergePreview
	for _, e := range decided {
		if m, merges := e.(contact.Merged); merges {
			p.Preview = both.Preview(in.Space, absorbed, m)
		}
	}
	if p.Distinct, err = h.Distinct(ctx, in, survivor, absorbed); err == nil && len(p.Clash) == 0 {
		p.Token = h.previewToken(in, both.Seen(survivor, absorbed), mergeAsked(survivor, absorbed, cmd)...)
	}
	return p, err
}

// MergeAsPreviewed is MergeContacts for exactly what a preview has shown, whose token is
// given. Otherwise nothing is merged: ErrPreviewDiffers, ErrPreviewStale.
func (h *Handler) MergeAsPreviewed(ctx context.Context, by domain.By, in Room, survivor, absorbed contact.ID, cmd contact.Absorb, token string) (contact.MergeID, domain.Position, error) {
	seen, err := h.previewed(in, token, mergeAsked(survivor, absorbed, cmd)...)
	if err != nil {
		return "", 0, err
	}
	cmd.Seen = seen
	return h.MergeContacts(ctx, by, in, survivor, absorbed, cmd)
}

// mergeAsked is what the token of a preview is for.
func mergeAsked(survivor, absorbed contact.ID, cmd contact.Absorb) []string {
	choices := cmd.Choices
	if len(choices) == 0 {
		choices = nil
	}
	return []string{"merge", string(survivor), string(absorbed), string(jsonOf(choices))}
}
