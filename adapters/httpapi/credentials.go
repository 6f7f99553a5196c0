package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/space"
	"skein/projections"
)

const credentialsPath = "/v1/spaces/{space}/credentials"

func (a *API) credentials(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "issueCredential", Method: http.MethodPost, Path: credentialsPath, Tags: credentialTag,
		Summary:       "Issue a credential of a space",
		Description:   "For programs: it opens this space alone, in the role it is given, and belongs to no user (C1-3, C1-4). The token is shown in this answer only; what is kept is its hash. One that is issued with another credential of the space expires no later than that.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}, a.issueCredential)
	operation(api, huma.Operation{
		OperationID: "listCredentials", Method: http.MethodGet, Path: credentialsPath, Tags: credentialTag,
		Summary:     "List the credentials of a space",
		Description: "All of them, also those that were revoked or have expired. Nothing of their secrets is there to be seen.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listCredentials)
	operation(api, huma.Operation{
		OperationID: "rotateCredential", Method: http.MethodPost, Path: credentialsPath + "/{credential}/rotate", Tags: credentialTag,
		Summary:     "Give a credential of a space another secret",
		Description: "The new token is shown in this answer only. The one before it stays good for the overlap; any earlier one ends now.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}, a.rotateCredential)
	operation(api, huma.Operation{
		OperationID: "revokeCredential", Method: http.MethodDelete, Path: credentialsPath + "/{credential}", Tags: credentialTag,
		Summary:     "Revoke a credential of a space",
		Description: "It opens nothing from the next request on; other processes learn of it within a second. One that is revoked already is so.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.revokeCredential)
}

// OfCredential is the part of a path that names a credential of a space. Huma only
// finds it if it is exported.
type OfCredential struct {
	InSpace
	Credential credential.ID `path:"credential" doc:"Id of the credential: what stands between the two underscores of its token will do"`
}

type issuedToken struct {
	Recorded
	Body struct {
		ID    credential.ID `json:"id" doc:"By which the token is rotated and revoked; it is no secret"`
		Token string        `json:"token" doc:"Shown only now"`
	}
}

func (a *API) issueCredential(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Label   string     `json:"label" doc:"What it is for: 1 to 100 characters" example:"web shop"`
		Role    space.Role `json:"role" doc:"owner, manager or agent" example:"agent"`
		Expires time.Time  `json:"expires,omitzero" doc:"From when on it opens nothing; none: it does not expire"`
	}
},
) (*issuedToken, error) {
	room, err := a.enter(ctx, in.Space, access.ManageCredentials)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Setting = word(in.Body.Role)
	who := requestOf(ctx).who
	if who.Space != "" && outlives(in.Body.Expires, who.Expires) {
		return nil, errOutlives.Where("/expires")
	}
	return a.issue(ctx, credential.Issue{
		Organization: room.Space.Organization, Space: room.ID,
		Role: in.Body.Role, Label: in.Body.Label, Expires: in.Body.Expires,
	})
}

// issue makes a credential and answers with its token. One that has no holder is
// its own.
func (a *API) issue(ctx context.Context, cmd credential.Issue) (*issuedToken, error) {
	id := credential.ID(a.Commands.IDFor(by(ctx)))
	if cmd.Holder == "" {
		cmd.Holder = id.Actor()
	}
	out := &issuedToken{}
	out.Body.ID = id
	requestOf(ctx).about.Credential = id
	out.Body.Token, cmd.Hash = a.tokenFor(ctx, id, "token")
	var err error
	out.Position, err = a.Commands.IssueCredential(ctx, by(ctx), id, cmd)
	return out, err
}

// tokenFor is a token for a credential; asked for under a key again, it is the same.
// It hangs on who asks, so that nobody is ever told what was made for another.
func (a *API) tokenFor(ctx context.Context, id credential.ID, occasion string) (token, hash string) {
	q := requestOf(ctx)
	if q.key == "" {
		return NewToken(id)
	}
	half := func(n string) string {
		return a.Commands.Hash(occasion, n, string(q.who.Organization), string(q.who.Actor), q.key, string(id))
	}
	return tokenOf(id, half("1")+half("2"))
}

var errOutlives = domain.Refuse(domain.Invalid, "expiry_too_late", "What is issued with a credential of the same kind expires no later than that one does.")

// outlives reports whether something that expires at a time outlives what expires
// at another. The zero time never comes.
func outlives(expires, other time.Time) bool {
	return !other.IsZero() && (expires.IsZero() || expires.After(other))
}

type credentialList struct {
	Body struct {
		Credentials []projections.Credential `json:"credentials"`
		Next        string                   `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

// Paged is the part of a query that asks for one page of a list. Huma only finds it
// if it is exported.
type Paged struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
}

func (a *API) listCredentials(ctx context.Context, in *struct {
	InSpace
	Since
	Paged
},
) (*credentialList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ManageCredentials, "credentials")
	if err != nil {
		return nil, err
	}
	var out credentialList
	out.Body.Credentials, out.Body.Next, err = projections.CredentialsOf(ctx, a.DB, room.ID, in.Cursor, in.Limit)
	out.Body.Credentials = a.used.shown(out.Body.Credentials)
	return &out, err
}

type overlap struct {
	Overlap int `json:"overlap_seconds,omitempty" minimum:"0" maximum:"604800" doc:"How long the present secret stays good beside the new one; none: it ends now" example:"3600"`
}

func (a *API) rotateCredential(ctx context.Context, in *struct {
	OfCredential
	Body overlap
},
) (*issuedToken, error) {
	room, err := a.enter(ctx, in.Space, access.ManageCredentials)
	if err != nil {
		return nil, err
	}
	return a.rotate(ctx, in.Credential, in.Body, ofSpace(room.ID))
}

func (a *API) rotate(ctx context.Context, id credential.ID, o overlap, mine func(credential.Credential) error) (*issuedToken, error) {
	out := &issuedToken{}
	out.Body.ID = written(id)
	var hash string
	out.Body.Token, hash = a.tokenFor(ctx, out.Body.ID, "rotate")
	var err error
	out.Position, err = a.Commands.RotateCredential(ctx, by(ctx), out.Body.ID, hash, time.Duration(o.Overlap)*time.Second, mine)
	return out, err
}

func (a *API) revokeCredential(ctx context.Context, in *OfCredential) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageCredentials)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.RevokeCredential(ctx, by(ctx), written(in.Credential), ofSpace(room.ID))
	return &Recorded{at}, err
}

// ofSpace refuses credentials that are not a space's own.
func ofSpace(id space.ID) func(credential.Credential) error {
	return func(c credential.Credential) error {
		if c.Space != id {
			return credential.ErrUnknown
		}
		return nil
	}
}

// written is the id of a credential, be it with dashes or as it stands in a token.
func written(id credential.ID) credential.ID {
	if u, err := uuid.Parse(string(id)); err == nil {
		id = credential.ID(u.String())
	}
	return issued(id)
}
