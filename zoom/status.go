// SPDX-License-Identifier: Apache-2.0

package zoom

// StatusRequest is the body of PUT /v2/users/{userId}/status and of
// PUT /v2/meetings/{meetingId}/status.
type StatusRequest struct {
	Action StatusAction `json:"action"`
}

// StatusAction is what a StatusRequest does.
type StatusAction string

// The first two are for users, the others for meetings.
const (
	Activate   StatusAction = "activate"
	Deactivate StatusAction = "deactivate"
	End        StatusAction = "end"     // ends the running meeting for everyone
	Recover    StatusAction = "recover" // brings a deleted meeting back; Convoke keeps none
)
