package eventnode

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// retention is what the metadata of a stream says about which of its events show.
type retention struct {
	maxCount       int64         // the newest so many, 0 is all
	maxAge         time.Duration // those not older, 0 is all
	truncateBefore int64         // those from this revision on
}

// gone is the truncateBefore that a deleted stream has until it is written again.
const gone = math.MaxInt64

// metaOf is the name of the stream that holds the metadata of another.
func metaOf(stream string) string { return "$$" + stream }

// described is the stream whose metadata a stream holds, if it holds any.
func described(stream string) (string, bool) { return strings.CutPrefix(stream, "$$") }

// retentionOf reads the event that describes a stream. One that cannot be read in
// every part says nothing.
func retentionOf(e event) retention {
	var fields map[string]json.RawMessage
	if !e.JSON || json.Unmarshal(e.Data, &fields) != nil {
		return retention{}
	}
	var r retention
	for name, raw := range fields {
		ok := true
		switch name {
		case "$maxCount":
			r.maxCount, ok = number(raw, 1)
		case "$maxAge":
			var seconds int64
			seconds, ok = number(raw, 1)
			r.maxAge = time.Duration(min(seconds, math.MaxInt64/int64(time.Second))) * time.Second
		case "$tb":
			r.truncateBefore, ok = number(raw, 0)
		case "$cacheControl":
			_, ok = number(raw, 1)
		case "$tmp":
			ok = string(raw) == "true" || string(raw) == "false"
		case "$acl":
			ok = isACL(raw)
		}
		if !ok {
			return retention{}
		}
	}
	return r
}

func number(raw []byte, least int64) (int64, bool) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil && n >= least
}

// isACL says whether raw gives roles, one or several, to the rights there are.
func isACL(raw []byte) bool {
	var rights map[string]json.RawMessage
	if json.Unmarshal(raw, &rights) != nil || rights == nil {
		return false
	}
	for right, roles := range rights {
		switch right {
		case "$r", "$w", "$d", "$mr", "$mw":
		default:
			return false
		}
		if !isText(roles) && !areTexts(roles) {
			return false
		}
	}
	return true
}

func isText(raw json.RawMessage) bool { return raw[0] == '"' }

func areTexts(raw json.RawMessage) bool {
	var list []json.RawMessage
	return json.Unmarshal(raw, &list) == nil && list != nil &&
		!slices.ContainsFunc(list, func(raw json.RawMessage) bool { return !isText(raw) })
}

// truncated is a description that truncates its stream before a revision and says
// everything else that raw says. What is no JSON object cannot be amended.
func truncated(raw []byte, before int64) ([]byte, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return nil, false
	}
	fields["$tb"] = strconv.AppendInt(nil, before, 10)
	b, err := json.Marshal(fields)
	return b, err == nil
}
