// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

import type { FileInput } from '../files.ts'

/** Parameters of `POST /hr/parse_resume`. Reads a résumé into fields. */
export interface HrParseResumeInput {
  file: FileInput
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
}

/** Result of `POST /hr/parse_resume`. */
export interface HrParseResumeResult {
  candidate_name: string
  candidate_email: string
  candidate_phone: string
  candidate_address: string
  candidate_language: string
  candidate_spoken_languages: string[]
  candidate_honors_and_awards: string[]
  candidate_courses_and_certifications: string[]
  positions: {
    position_name: string
    company_name: string
    country: string
    start_date: string | null
    end_date: string | null
    job_details: string
    skills: string[]
  }[]
  education_qualifications: {
    school_name: string
    school_type: string
    degree_type: string
    faculty_department: string
    specialization_subjects: string
    education_details: string
    learning_mode: string
    country: string
    start_date: string | null
    end_date: string | null
  }[]
}

/** Parameters of `POST /hr/resume_job_match_score`. Scores how well a résumé fits a job description. */
export interface HrResumeJobMatchScoreInput {
  file: FileInput
  /** The job description. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** What to weigh: lines that begin with EMPHASIZE:, DEEMPHASIZE: or CREDIT:. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /hr/resume_job_match_score`. */
export interface HrResumeJobMatchScoreResult {
  match_scores: {
    /** 0 to 100. */
    overall_match: number
    /** 0 to 100. */
    skills_match: number
    /** 0 to 100. */
    experience_match: number
    /** 0 to 100. */
    education_match: number
    /** 0 to 100. */
    certifications_match: number
    /** 0 to 100. */
    job_title_relevance: number
    /** 0 to 100. */
    industry_experience_match: number
    /** 0 to 100. */
    project_experience_match: number
    /** 0 to 100. */
    technical_stack_match: number
    /** 0 to 100. */
    methodologies_match: number
    /** 0 to 100. */
    soft_skills_match: number
    /** 0 to 100. */
    language_proficiency_match: number
    /** 0 to 100. */
    location_preference_match: number
    /** 0 to 100. */
    remote_work_flexibility: number
    /** 0 to 100. */
    certifications_training_relevance: number
    /** 0 to 100. */
    years_experience_weighting: number
    /** 0 to 100. */
    recent_role_relevance: number
    /** 0 to 100. */
    management_experience_match: number
    /** 0 to 100. */
    cultural_fit_potential: number
    /** 0 to 100. */
    stability_score: number
  }
  explanations: {
    skills_match: string
    experience_match: string
    education_match: string
    certifications_match: string
    language_proficiency_match: string
  }
}

/** Parameters of `POST /hr/job_description`. Writes the description of a job from what is known of it. */
export interface HrJobDescriptionInput {
  /** The title of the position. At most 200 characters. */
  name: string
  /** At most 200 characters. */
  company_name?: string | null | undefined
  /** At most 200 characters. */
  minimum_work_experience?: string | null | undefined
  /** At most 200 characters. */
  minimum_education?: string | null | undefined
  /** At most 200 characters. */
  employment_type?: string | null | undefined
  /** Skills that applicants must have. At most 100. */
  required_skills?: string[] | null | undefined
  /** Skills that are welcome. At most 100. */
  optional_skills?: string[] | null | undefined
  /** At most 200 characters. */
  country?: string | null | undefined
  /** Whether the work can be done from elsewhere. */
  remote?: boolean | null | undefined
  /** Whether the company helps with a visa. */
  visa_sponsored?: boolean | null | undefined
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** What the model should know or keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /hr/job_description`. */
export interface HrJobDescriptionResult {
  /** One paragraph about the position. */
  job_short_description: string
  /** What applicants need: lines that begin with "- ". */
  job_requirements: string
  /** What they will do: lines that begin with "- ". */
  job_responsibilities: string
}

/** Parameters of `POST /hr/related_skills`. Names skills that are related to a skill. */
export interface HrRelatedSkillsInput {
  /** The name of a skill. At most 200 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
}

/** Result of `POST /hr/related_skills`. */
export interface HrRelatedSkillsResult {
  /** What was asked about. */
  skill: string
  related_skills: {
    /** The name. */
    name: string
    /** How well it fits, from 1.0 to 10.0. 1 to 10. */
    weight: number
  }[]
}

/** Parameters of `POST /hr/related_job_positions`. Names job positions that are related to one. */
export interface HrRelatedJobPositionsInput {
  /** The title of a job position. At most 200 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
}

/** Result of `POST /hr/related_job_positions`. */
export interface HrRelatedJobPositionsResult {
  /** What was asked about. */
  job_position: string
  related_job_positions: {
    /** The name. */
    name: string
    /** How well it fits, from 1.0 to 10.0. 1 to 10. */
    weight: number
  }[]
}
