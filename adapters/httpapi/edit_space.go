package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/space"
)

func (a *API) spaceEditing(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "editSpace", Method: http.MethodPatch, Path: spacesPath + "/{space}", Tags: spaceTag,
		Summary: "Change a space",
		Description: "Saves what is sent, all of it or nothing, and leaves the rest (C0-26). It has to be decided on the space as it is: send the ETag of readSpace, or of the last change, as If-Match. " +
			"A space's name is its own in the organization, whatever its case and accents (C0-13). A contact limit needs the module white_label (C0-20) and lies dormant while that is off; it binds new contacts only, and those that are there stay when it is lowered below their number (C0-24).",
		Errors: []int{http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}, a.editSpace)
	operation(api, huma.Operation{
		OperationID: "inviteUsers", Method: http.MethodPost, Path: spacesPath + "/{space}/users", Tags: spaceTag,
		Summary:       "Let several users into a space",
		Description:   "One result for each row, in their order; a row that is refused keeps out none of the others (C0-17). Inviting may be left out: a space without users can be administered all the same (C0-16).",
		DefaultStatus: http.StatusOK,
		Errors:        []int{http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound},
	}, a.inviteUsers)
}

// assignment is a user with a post in a space.
type assignment struct {
	User       space.UserID `json:"user" doc:"Id of the user, as your own systems know them" example:"ada"`
	Role       space.Role   `json:"role" doc:"owner, manager or agent" example:"manager"`
	NoExport   bool         `json:"no_export,omitempty" doc:"Of a manager: exporting contacts is withheld (C2-45)"`
	NoDeletion bool         `json:"no_deletion,omitempty" doc:"Of a manager: deleting and merging contacts is withheld (C2-54)"`
}

// suggested is whom to invite first: whoever asks (C0-15).
func suggested(ctx context.Context) []assignment {
	return []assignment{{User: space.UserID(requestOf(ctx).who.Actor), Role: space.Owner}}
}

func assigned(rows []assignment) []space.Assign {
	if rows == nil {
		return nil
	}
	users := make([]space.Assign, len(rows))
	for i, row := range rows {
		users[i] = space.Assign(row)
	}
	return users
}

type editedSpace struct {
	Recorded
	ETag string `header:"ETag" doc:"Of the space as it is now"`
}

var (
	errNoMatch = domain.Refuse(domain.Invalid, "if_match_missing", "Say which state of the space you decided on: send the ETag of readSpace as the header If-Match.")
	errMatch   = domain.Refuse(domain.Invalid, "if_match_invalid", "If-Match is an ETag of this space, in its quotation marks, such as \"7\".")
)

func (a *API) editSpace(ctx context.Context, in *struct {
	InOrganization
	Space space.ID `path:"space" doc:"Id of the space"`
	Match string   `header:"If-Match" doc:"The ETag of the space that this was decided on; without it the answer is 428" example:"\"7\""`
	Body  struct {
		Name  *string      `json:"name,omitempty" doc:"1 to 100 characters" example:"Berlin"`
		Users []assignment `json:"users,omitempty" doc:"All who are in the space afterwards"`
		Limit *space.Limit `json:"contact_limit,omitempty" doc:"How many contacts the space takes in at most, and whether that counts"`
	}
},
) (*editedSpace, error) {
	room, err := a.enterOf(ctx, in.Organization, in.Space)
	if err != nil {
		return nil, err
	}
	length, err := lengthOf(in.Match)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Users = given(in.Body.Users)
	at, length, err := a.Commands.EditSpace(ctx, by(ctx), room, length, space.Edit{Name: in.Body.Name, Users: assigned(in.Body.Users), Limit: in.Body.Limit})
	return &editedSpace{Recorded{at}, etag(domain.Position(length))}, err
}

// lengthOf is the length of a space's history that an entity tag stands for (RFC
// 9110, section 13.1.1). A weak one matches nothing.
func lengthOf(match string) (uint64, error) {
	match = strings.TrimSpace(match)
	if match == "" {
		return 0, errNoMatch.Where("/If-Match")
	}
	if strings.HasPrefix(match, "W/") {
		return 0, commands.ErrSpaceChanged
	}
	if len(match) < 2 || match[0] != '"' || match[len(match)-1] != '"' {
		return 0, errMatch.Where("/If-Match")
	}
	length, err := strconv.ParseUint(match[1:len(match)-1], 10, 64)
	if err != nil {
		return 0, commands.ErrSpaceChanged // another resource's
	}
	return length, nil
}

type invitations struct {
	Recorded
	Body struct {
		Results []invitation `json:"results" doc:"What became of each row, in their order"`
	}
}

type invitation struct {
	User    space.UserID   `json:"user"`
	Outcome string         `json:"outcome" enum:"assigned,already,refused" doc:"already: the user was in the space, and nothing was changed"`
	Role    space.Role     `json:"role,omitempty" doc:"What a user who was in the space already is there"`
	Error   *invitationBut `json:"error,omitempty" doc:"Why the row was refused"`
}

type invitationBut struct {
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Pointer string `json:"pointer,omitempty" doc:"JSON pointer to what is wrong in the body"`
}

func (a *API) inviteUsers(ctx context.Context, in *struct {
	InOrganization
	Space space.ID `path:"space" doc:"Id of the space"`
	Body  struct {
		Users []assignment `json:"users" minItems:"1" maxItems:"200"`
	}
},
) (*invitations, error) {
	room, err := a.enterOf(ctx, in.Organization, in.Space)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Users = given(in.Body.Users)
	all, last, err := a.Commands.Invite(ctx, by(ctx), room, assigned(in.Body.Users))
	out := &invitations{Recorded: Recorded{last}}
	for i, one := range all {
		row := invitation{User: one.User, Outcome: "assigned"}
		switch {
		case one.Err != nil:
			row.Outcome, row.Error = "refused", &invitationBut{one.Err.Code, one.Err.Message, "/users/" + strconv.Itoa(i) + one.Err.At}
		case one.Already != "":
			row.Outcome, row.Role = "already", one.Already
		}
		out.Body.Results = append(out.Body.Results, row)
	}
	return out, err
}
