// SPDX-License-Identifier: Apache-2.0

package convoke

// Action is one of the four ways to make a user, in Zoom's spelling
// (POST /v2/users, field action).
type Action string

// The four actions. What each needs and gives is the table in capability.go.
const (
	ActionCreate     Action = "create"
	ActionAutoCreate Action = "autoCreate"
	ActionCustCreate Action = "custCreate"
	ActionSSOCreate  Action = "ssoCreate"
)

// Actions lists the four in the order in which they are always shown.
func Actions() []Action {
	return []Action{ActionCreate, ActionAutoCreate, ActionCustCreate, ActionSSOCreate}
}

// ParseAction returns the action that s spells, or CodeUnknownAction.
func ParseAction(s string) (Action, error) {
	switch a := Action(s); a {
	case ActionCreate, ActionAutoCreate, ActionCustCreate, ActionSSOCreate:
		return a, nil
	}
	return "", Invalid(CodeUnknownAction, "action",
		"The action must be one of create, autoCreate, custCreate and ssoCreate.")
}
