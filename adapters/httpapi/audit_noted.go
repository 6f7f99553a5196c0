package httpapi

// noting says what of an operation goes into the audit log.
type noting int

const (
	onlyRefused noting = iota // that it was refused because of who asked
	noted                     // that too, and that it was done
	exported                  // as noted, but before it is done: see [API.noteExport]
)

// notings says of every operation what of it goes into the audit log: noted is what
// changes who may do what, what proves who asks, what is merged, imported and
// deleted (C2-80, D5-4). It is written by hand: an operation without a row fails a
// test. A file of contacts is noted when its import begins.
var notings = map[string]noting{
	"foundOrganization": noted,
	"readOrganization":  onlyRefused,
	"changePlan":        noted,
	"switchModule":      noted,
	"readUsage":         onlyRefused,
	"listMembers":       onlyRefused,
	"putMember":         noted,
	"removeMember":      noted,
	"listUserSpaces":    onlyRefused,
	"listAudit":         onlyRefused,
	"exportAudit":       exported,

	"issueToken":    noted,
	"listTokens":    onlyRefused,
	"revokeToken":   noted,
	"readMe":        onlyRefused,
	"issueMyToken":  noted,
	"listMyTokens":  onlyRefused,
	"rotateMyToken": noted,
	"revokeMyToken": noted,

	"createSpace":   noted,
	"listSpaces":    onlyRefused,
	"readSpace":     onlyRefused,
	"editSpace":     noted,
	"inviteUsers":   noted,
	"assignUser":    noted,
	"unassignUser":  noted,
	"deleteSpace":   noted,
	"exportSpace":   exported,
	"listDeletions": onlyRefused,

	"issueCredential":  noted,
	"listCredentials":  onlyRefused,
	"rotateCredential": noted,
	"revokeCredential": noted,

	"readIdentifiers":   onlyRefused,
	"changeIdentifiers": noted,
	"lookUpIdentifier":  onlyRefused,
	"defineField":       onlyRefused,
	"listFields":        onlyRefused,
	"addChannel":        onlyRefused,
	"listChannels":      onlyRefused,
	"setAutoMerge":      noted,
	"readAutoMerge":     onlyRefused,
	"receiveMessage":    onlyRefused,
	"readMessages":      onlyRefused,
	"noteMessage":       onlyRefused,
	"addComment":        onlyRefused,
	"noteEvent":         onlyRefused,
	"openConversation":  onlyRefused,
	"closeConversation": onlyRefused,
	"identifyContact":   onlyRefused, // and what it merged, which it notes itself
	"createContact":     onlyRefused,
	"listContacts":      onlyRefused,
	"searchContacts":    onlyRefused,
	"readContact":       onlyRefused,
	"editContact":       onlyRefused,
	"deleteContact":     noted,
	"previewErasure":    onlyRefused,
	"eraseContact":      noted,
	"listErasures":      onlyRefused,
	"tagContacts":       noted,
	"importContacts":    noted,
	"mergeContacts":     noted,
	"mergeMany":         noted,
	"previewMerge":      onlyRefused,
	"unmergeContact":    noted,
	"previewUnmerge":    onlyRefused,
	"undoMerge":         noted,
	"splitContact":      noted,
	"readHistory":       onlyRefused,
	"readContactAsOf":   onlyRefused,
	"compareContact":    onlyRefused,
	"readLineage":       onlyRefused,
	"listChanges":       onlyRefused,
	"streamChanges":     onlyRefused,

	"listSuggestions":        onlyRefused,
	"listContactSuggestions": onlyRefused,
	"judgeDistinct":          noted,
	"reconsiderDistinct":     noted,

	"saveInbox":         onlyRefused,
	"listInboxes":       onlyRefused,
	"readInbox":         onlyRefused,
	"listInboxContacts": onlyRefused,
	"deleteInbox":       onlyRefused,
	"connectMailbox":    noted,
	"listMailboxes":     onlyRefused,
	"readMailbox":       onlyRefused,
}

// elsewhere are the codes of refusals that speak of what is there, but is none of
// the business of the one who asks; or is not there at all, which nobody can tell.
var elsewhere = []string{"space_unknown", "organization_unknown", "credential_unknown", "mailbox_unknown"}
