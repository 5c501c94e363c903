/** What every route of the API begins with. */
export const API_BASE_PATH = '/api/v1'
