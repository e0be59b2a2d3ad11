import { example, type ModelRule } from '../../rule.ts'
import { ORDINARY_CONFIGS, yaml } from './active-target.ts'
import { configNames } from './config-check.ts'

export const unknownTarget: ModelRule = {
  id: 'config/unknown-target',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration has the loader call something that is not known',
  source: 'https://hydra.cc/docs/advanced/instantiate_objects/overview/',
  taxonomy: ['CWE-470', 'AML.T0011.000'],
  why: 'The loader imports and calls what the configuration names. What this name does depends on a package that is neither known here nor part of a framework.',
  remedy: 'Look up what the name is, and where its package comes from.',
  examples: {
    fires: [
      example('config.yaml', 'model:\n  _target_: acme_models.nets.Backbone\n  width: 4\n'),
      example('config.yaml', 'model:\n  _target_: torch.load\n  f: weights.pt\n'),
      yaml('model:\n  _target_: $<missing.name>\n'),
      example(
        'adapter_config.json',
        '{"peft_type": "LORA", "auto_mapping": {"base_model_class": "Acme", "parent_library": "acme.models"}}',
      ),
    ],
    silent: [
      ...ORDINARY_CONFIGS,
      example(
        'adapter_config.json',
        '{"peft_type": "LORA", "auto_mapping": {"base_model_class": "BertModel", "parent_library": "transformers.models.bert.modeling_bert"}}',
      ),
    ],
  },
  check: (subject) => configNames(subject, 'unknown-callee'),
}
