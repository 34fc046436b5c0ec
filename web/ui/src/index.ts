// SPDX-License-Identifier: Apache-2.0

// The parts that the room and the portal share: look, small components, the JSON call.

export { cameFromPortal, leaveForRoom } from "./arrival";
export { Badge } from "./Badge";
export { Banner, type Tone } from "./Banner";
export { Button, type ButtonProps } from "./Button";
export { CrashGuard } from "./CrashGuard";
export { classes } from "./classes";
export { copyText } from "./copy";
export { Dialog } from "./Dialog";
export { formatClock, formatExact, formatMoment, formatNumber } from "./date";
export { EmptyState } from "./EmptyState";
export { ErrorPage } from "./ErrorPage";
export { Field, type FieldProps, Select } from "./Field";
export { Logo } from "./Logo";
export { Moment } from "./Moment";
export { Page } from "./Page";
export { type Problem, problemOf, RequestError, type RequestOptions, request } from "./request";
export { Loading, Spinner } from "./Spinner";
export { Cell, Table } from "./Table";
export { type Say, ToastProvider, useSay } from "./Toast";
