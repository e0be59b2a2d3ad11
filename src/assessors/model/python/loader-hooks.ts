import type { PythonEvent, PythonView } from '../../../formats/python/index.ts'
import type { PythonRole } from '../subjects/python-subject.ts'
import { asksThisMachine } from './this-machine.ts'

/** Methods and functions that loaders, servers and the interpreter call by themselves. */
const HOOKS = new Set(
  `__init__ __new__ __call__ __post_init__ __init_subclass__ __setstate__ __reduce__ __reduce_ex__ __getattr__
  __getattribute__ __setattr__ __del__ __enter__ __exit__ __getitem__ __len__ __iter__ __next__ __repr__ __str__ __hash__ __eq__
  __class_getitem__ __set_name__ from_pretrained _from_config from_config from_dict forward generate call build predict
  load_model load_context load_state_dict _load_from_state_dict _load_pretrained_model initialize inference preprocess
  postprocess handle _load_pyfunc model_fn predict_fn input_fn output_fn get_model execute finalize load setup tokenize
  _tokenize encode decode batch_decode save_pretrained init_weights _init_weights post_init prepare_inputs_for_generation
  get_config register register_model init run_inference classify transform main_hook init_context handler lambda_handler
  pytest_configure pytest_sessionstart pytest_collection_modifyitems`.split(/\s+/),
)

/** Whether somebody outside calls the function by which an event is reached, as far as its name tells. */
export function isLoaderHook(event: PythonEvent, role: PythonRole): boolean {
  const path = event.root.split('.')
  const name = path.at(-1) ?? ''
  if (role === 'setup')
    return path.length > 1 && /^(?:run|initialize_options|finalize_options|__init__)$/.test(name)
  // The functions of a script are called by the script itself.
  if (path.length === 1) return role !== 'script' && FUNCTION_HOOKS.has(name)
  return HOOKS.has(name)
}

/** Functions outside classes that servers and test runners call by name: SageMaker, MLflow, AWS Lambda, pytest, custom_generate of Transformers. */
const FUNCTION_HOOKS = new Set(
  `model_fn predict_fn input_fn output_fn _load_pyfunc handle handler lambda_handler load_model init_context
  pytest_configure pytest_sessionstart pytest_collection_modifyitems _load_model get_model generate`.split(
    /\s+/,
  ),
)

const LOADED =
  /(?:^|\/)(?:(?:modeling|modelling|configuration|config|tokenization|processing|image_processing|video_processing|feature_extraction|processor|pipeline|handler|model|custom_model|custom_handler|sitecustomize|usercustomize|__init__)[\w.-]*)\.pyw?$|^code\/inference\.py$|(?:^|\/)custom_generate\/generate\.py$/i
const SCRIPT_FOLDER =
  /(?:^|\/)(?:scripts?|examples?|tests?|tools?|docs?|benchmarks?|demos?|training|train|evaluation|eval|notebooks?|recipes)\//i
const SCRIPT =
  /(?:^|\/)(?:app|main|__main__|demo|example|sample|test|conftest|train|finetune|fine_tune|sft|infer|inference|eval|run|convert|export|download|upload|push|benchmark|bench|quant|merge|generate|gen|server|serve|api|gradio|streamlit|webui|cli|build|prepare|preprocess|create|make|usage|quickstart|predict|chat|script|check|verify|extract|get|fetch|compare|plot|analy|test_)[\w.-]*\.pyw?$|_(?:demo|example|test|script|cli|app)\.py$/i

/** What asks for the command line of a program: a module that a loader imports has none. */
const COMMAND_LINES =
  /^(?:argparse\.ArgumentParser\(\)\.parse_(?:known_)?(?:intermixed_)?args|optparse\.OptionParser\(\)\.parse_args|docopt\.docopt|fire\.Fire|absl\.app\.run|typer\.run|transformers\.HfArgumentParser\(\)\.parse_args_into_dataclasses)$/
/** `path = sys.argv[1]` outside functions: without an argument, the text ends there. */
const NEEDS_ARGUMENT = /^[^\s#][^\n]{0,200}\bsys\.argv\[[1-9]\d?\]/m

/** How a Python file of this name comes to run. */
export function roleOf(name: string, text: string, view: PythonView): PythonRole {
  if (/\.ipynb$/i.test(name)) return 'notebook'
  if (/(?:^|\/)setup\.py$/i.test(name)) return 'setup'
  if (LOADED.test(name)) return 'loaded'
  if (SCRIPT_FOLDER.test(name) || SCRIPT.test(name)) return 'script'
  const isProgram =
    /^if __name__ == ["']__main__["']/m.test(text) || readsCommandLine(text, view) || isClient(view)
  return isProgram ? 'script' : 'loaded'
}

/** A list of steps that asks a service of the machine itself; a module that is loaded defines something. */
function isClient({ definitions, events }: PythonView): boolean {
  return (
    definitions.length === 0 && events.some((event) => event.phase === 'import' && asksThisMachine(event))
  )
}

function readsCommandLine(text: string, { events }: PythonView): boolean {
  return (
    NEEDS_ARGUMENT.test(text) ||
    events.some(
      ({ phase, within, callee }) => phase === 'import' && within === '' && COMMAND_LINES.test(callee),
    )
  )
}
