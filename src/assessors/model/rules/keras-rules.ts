import type { ModelRule } from '../rule.ts'
import { escapingName, otherFile, outsideFile, tensorflowCall } from './keras/file-argument.ts'
import { hdfExternalStorage } from './keras/hdf-external-storage.ts'
import { hdfOtherFile, hdfOutsideLink } from './keras/hdf-outside-link.ts'
import { hdfShapeBomb } from './keras/hdf-shape-bomb.ts'
import { hdfUserLink } from './keras/hdf-user-link.ts'
import { lambdaActive, lambdaLayer } from './keras/lambda-layer.ts'
import {
  activeObject,
  customObject,
  foreignModule,
  libraryObject,
  spoofedName,
} from './keras/named-object.ts'
import { oddJson } from './keras/odd-json.ts'
import { torchModule } from './keras/torch-module.ts'

/** Rules for Keras and HDF5. A new rule is one file in keras/ and one line here. */
export const KERAS_RULES: readonly ModelRule[] = [
  hdfExternalStorage,
  hdfOutsideLink,
  hdfOtherFile,
  hdfUserLink,
  hdfShapeBomb,
  activeObject,
  libraryObject,
  foreignModule,
  customObject,
  spoofedName,
  lambdaActive,
  lambdaLayer,
  tensorflowCall,
  outsideFile,
  otherFile,
  escapingName,
  torchModule,
  oddJson,
]
