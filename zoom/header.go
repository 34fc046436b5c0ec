// SPDX-License-Identifier: Apache-2.0

package zoom

// Headers of every answer.
const (
	// HeaderTrackingID names the request in the server's log.
	HeaderTrackingID = "X-Zm-Trackingid"
	// HeaderRateCategory is the call's rate label: Light, Medium, Heavy or Resource-intensive.
	HeaderRateCategory = "X-Ratelimit-Category"
	// HeaderRateType is what is counted: QPS or Daily-limit.
	HeaderRateType = "X-Ratelimit-Type"
	// HeaderRateLimit is how many requests of the label are foreseen in the time.
	HeaderRateLimit = "X-Ratelimit-Limit"
	// HeaderRateRemaining is how many of them are left.
	HeaderRateRemaining = "X-Ratelimit-Remaining"
	// HeaderRateReset is when requests are taken again after one too many, in
	// seconds since 1970.
	HeaderRateReset = "X-Ratelimit-Reset"
)

// Headers of a webhook delivery.
const (
	// HeaderSignature carries the signature that Sign makes.
	HeaderSignature = "X-Zm-Signature"
	// HeaderTimestamp carries the seconds since 1970 that the signature covers.
	HeaderTimestamp = "X-Zm-Request-Timestamp"
)
