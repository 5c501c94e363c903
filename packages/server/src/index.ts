/**
 * What a `ringback.config.ts` imports to define job types in code.
 *
 * @module
 */
export { z } from 'zod'
export { type CodeTask, type CodeTaskContext, defineTask } from './tasks/code/define-task.ts'
export { TaskError, type TaskModel } from './tasks/task.ts'
