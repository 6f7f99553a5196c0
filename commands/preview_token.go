package commands

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// A preview is answered with a token. It holds how long the histories were that the
// preview was made of, so that whoever commits it does what was shown, or nothing.
// Messages that arrive in between change nothing of it: they are not in these histories.

var (
	// ErrPreviewStale refuses to do what was shown, for it would be something else by now.
	ErrPreviewStale = domain.Refuse(domain.Conflict, "preview_stale", "What the preview showed has changed since. Preview it again; nothing was done.")

	// ErrPreviewDiffers refuses a token of what was not asked for.
	ErrPreviewDiffers = domain.Refuse(domain.Conflict, "preview_differs", "The token belongs to the preview of something else. Ask for exactly what was previewed, or preview it again; nothing was done.")
)

// sight is what a preview was made of.
type sight struct {
	Seen     map[contact.ID]uint64 `json:"seen"` // how long the histories were
	Settings string                `json:"settings"`
}

// previewToken is for what is asked in a room and was previewed on such histories.
func (h *Handler) previewToken(in Room, seen map[contact.ID]uint64, asked ...string) string {
	data := jsonOf(sight{seen, h.settings(in)})
	return base64.RawURLEncoding.EncodeToString(data) + "." + h.fits(in, data, asked)
}

// previewed is how long the histories were that a preview was made of whose token this
// is, if that was the preview of what is asked.
func (h *Handler) previewed(in Room, token string, asked ...string) (map[contact.ID]uint64, error) {
	text, mac, _ := strings.Cut(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(text)
	var was sight
	if err != nil || !hmac.Equal([]byte(h.fits(in, data, asked)), []byte(mac)) || json.Unmarshal(data, &was) != nil {
		return nil, ErrPreviewDiffers.Where("/token")
	}
	if was.Settings != h.settings(in) {
		return nil, ErrPreviewStale
	}
	return was.Seen, nil
}

// fits is what nobody else can tell of a token and what is asked.
func (h *Handler) fits(in Room, data []byte, asked []string) string {
	return h.Hash(append([]string{"preview", string(in.ID), string(data)}, asked...)...)
}

// settings stands for all of a space that makes a difference for who is one with whom.
func (h *Handler) settings(in Room) string {
	return h.Hash("settings", string(jsonOf(in.Space.Rules())), string(jsonOf(in.Space.Unique)))
}

func jsonOf[V sight | Parting | map[string]space.Rule | []space.Identifier | map[string]contact.Choice](v V) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("commands: " + err.Error()) // all of these have a JSON form
	}
	return data
}
