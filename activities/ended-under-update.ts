/** The failure type with which the server answers an update whose run ended before the update did. */
export const ENDED_UNDER_AN_UPDATE = 'AcceptedUpdateCompletedWorkflow'
