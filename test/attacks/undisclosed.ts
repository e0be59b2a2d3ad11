/** Reports whose technique nobody published, or that describe none: ids, and what is known. */
export const UNDISCLOSED: readonly (readonly [ids: string, why: string])[] = [
  [
    'protectai/modelscan#325 protectai/modelscan#342 protectai/modelscan#343 protectai/modelscan#347 protectai/modelscan#350 protectai/modelscan#353 protectai/modelscan#357 protectai/modelscan#358 protectai/modelscan#364 protectai/modelscan#367 protectai/modelscan#368 protectai/modelscan#369',
    'places held by the policy of the project: the details went to its maintainers by mail. 343 and 358 are about Lambda layers of Keras, 357 about the command line',
  ],
  ['mmaitre314/picklescan#42', 'some ninety names of functions, of which the issue shows none'],
  ['CVE-2026-12570', 'named beside Keras; no description was found in public sources'],
  ['mmaitre314/picklescan#66', 'a discussion about lists of names; it describes no file'],
  ['AIM-Labs Moat', 'scanners that load the file in a sandbox; they describe no technique of their own'],
  [
    'arXiv:2602.19818',
    'measures scanners on 727 files of a hub (SafePickle); the files are not published, their techniques are those above',
  ],
]
